import { assert, assertEquals, assertMatch } from "@std/assert";
import { later, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { Leases, type LiveStore } from "../../../shared/store/live/mod.ts";
import { isFree } from "../../../meeting/shard/is_port_freed.ts";
import { Client } from "../support/client.ts";
import { rejoin } from "../support/rejoin.ts";
import { startShard } from "../support/shard.ts";

Deno.test("shard › one that hangs is replaced, and its meetings are acquired anew before the next one listens", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let acquired = 0;
  /** The live store's leases, where an acquire after the first one waits for the gate. */
  const leases = (scope: Scope, real: LiveStore["leases"]) => {
    const held = createProbe(scope, Leases, "held leases");
    held.answer(
      "placedOn",
      async (place) => valueOf(await real.ask("placedOn", Leases.placedOn.input.parse(place))),
    );
    held.answer("acquire", (body) => {
      const opening = Leases.acquire.input.parse(body);
      const isAgain = acquired++ > 0;
      if (isAgain) asked.resolve();
      const opened = (isAgain ? gate.promise : Promise.resolve()).then(() => real.ask("acquire", opening));
      return later(opened.then((outcome) => outcome.ok ? outcome.value : outcome.error));
    });
    return held.ref;
  };
  await using shard = await startShard({ leases, hungAfterMs: 2_000 });
  const meeting_id = await shard.newMeeting();
  const generation = async () =>
    valueOf(await shard.live.leases.ask("lease", { meeting_id }))?.generation ?? 0;
  const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  using ada = new Client(shard.url, token);
  const joined = await ada.join();
  const before = await generation();

  shard.ref.tell("hold", undefined);
  const coming = rejoin(shard.url, token, joined);
  await asked.promise;
  assert(isFree("127.0.0.1", shard.port));
  gate.resolve();
  const back = await coming;
  assertEquals([back.answer.resumed, back.answer.participant_id], [true, joined.participant_id]);
  assertEquals([acquired, await generation()], [2, before + 1]);
  back.client[Symbol.dispose]();
});

Deno.test("shard › the process ends, with exit code 1, of one that hangs and keeps its port", async () => {
  const file = new URL("../programs/looping_shard.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "--no-check", "-A", file];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assertMatch(new TextDecoder().decode(stderr), /the Worker of MeetingControllerActor loops for ever/);
  assertEquals(code, 1);
});
