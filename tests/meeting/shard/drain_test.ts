import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { errorBody } from "../../../shared/protocol/mod.ts";
import { Client } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

const elsewhere = "ws://elsewhere.example/signaling";

Deno.test("drain › a meeting goes on while there is no other controller, and moves once one has come up", async () => {
  await using shard = await startShard();
  const { handOvers } = shard.issuer;
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  const error = { code: "CONTROLLER_UNAVAILABLE", message: "No meeting controller is ready." };
  handOvers.push(Response.json(errorBody.parse({ error }), { status: 503 }));
  handOvers.push(Response.json({ signaling_url: elsewhere }));
  const drained = valueOf(await shard.ref.ask("migrate", undefined, { timeoutMs: 60_000 }));
  assertEquals([drained, handOvers], [{ moved: 1, stayed: 0 }, []]);
  assertEquals((await ada.told("session.migrate")).signaling_url, elsewhere);
});
