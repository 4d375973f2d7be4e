import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../shared/actor/mod.ts";
import { seededRandom } from "../../shared/actor/testing/mod.ts";
import { signalingErrorCode } from "../../shared/protocol/mod.ts";
import { mutate } from "../media/fixtures/mutate.ts";
import { dtlsParameters } from "../media/fixtures/rtp.ts";
import { codeOf, open, opened, produce } from "../meeting/connection_test/requests.ts";
import { emptied, startTestingShard } from "../meeting/connection_test/testing_client.ts";

Deno.test("connection test › 3,000 mutated requests kill no worker, and each gets an answer of the contract", async () => {
  await using shard = await startTestingShard();
  const [worker] = shard.handler.workers;
  assert(worker);
  const { pid } = valueOf(await worker.ask("describe", undefined));
  const seed = Number(Deno.env.get("ACTOR_SEED") ?? 1);
  const random = seededRandom(seed);
  const seen = new Set<string>();
  const pool = ["self", "nowhere", "microphone", "opus"];
  for (let round = 0; round < 150; round++) {
    const client = shard.connect(`fuzz ${round}`);
    const { send, recv } = await opened(client, 1_000);
    for (let id = 1; id <= 20; id++) {
      const transport_id = random() < 0.8 ? send : recv;
      const kind = random() < 0.5 ? "audio" : "video";
      const [valid] = [
        open(id),
        { id, type: "media.connect", data: { transport_id, dtls_parameters: dtlsParameters } },
        produce(id, transport_id, kind),
        { id, type: "media.ready", data: { consumer_ids: ["c"] } },
      ].splice(Math.floor(random() * 4), 1);
      const answer = await client.ask({
        id,
        type: valid?.type ?? "",
        data: mutate(valid?.data, { random, pool: [...pool, send, recv], places: 1 }),
      });
      const told = `seed ${seed}: ${JSON.stringify(answer)}`;
      assert(answer.kind === "answer" || answer.kind === "error", told);
      if (answer.kind === "error") assert(signalingErrorCode.safeParse(answer.error.code).success, told);
      seen.add(codeOf(answer));
    }
    client.ref.tell("closed", undefined);
  }
  for (const each of ["answer", "INVALID_REQUEST", "NOT_FOUND", "RATE_LIMITED"]) assert(seen.has(each), each);
  assertEquals(seen.has("INTERNAL") || seen.has("TIMEOUT"), false);
  assertEquals(valueOf(await worker.ask("describe", undefined)).pid, pid);
  await emptied(shard.handler);
  assertEquals(shard.touched(), []);
});
