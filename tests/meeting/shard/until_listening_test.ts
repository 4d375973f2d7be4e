import { assert, assertEquals } from "@std/assert";
import { createScope } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { MeetingController } from "../../../meeting/shard/meeting_controller_protocol.ts";
import { untilListening } from "../../../meeting/shard/until_listening.ts";

const idle = { meetings: 0, joined: 0, waiting: 0, away: 0, unstored: 0 };

/** Two shards that don't listen yet, and what has come of waiting for them. */
function twoShards() {
  const scope = createScope();
  const probes = ["one", "two"].map((name) => createProbe(scope, MeetingController, name));
  const stop = new AbortController();
  let isOver = false;
  const waited = untilListening(probes.map(({ ref }) => ref), stop.signal, 50).then(() => isOver = true);
  return { scope, probes, stop, waited, isOver: () => isOver };
}

Deno.test("start of shards › nobody is sent to a controller of which no shard listens, however long that takes", async () => {
  const { scope, probes: [one, two], waited, isOver } = twoShards();
  await using _scope = scope;
  assert(one && two);
  for (let rounds = 0; rounds < 3; rounds++) await Promise.all([one.next(), two.next()]);
  assertEquals(isOver(), false);
  two.answer("count", () => idle);
  await waited;
});

Deno.test("start of shards › a stop ends the wait", async () => {
  const { scope, probes: [one], stop, waited } = twoShards();
  await using _scope = scope;
  await one?.next();
  stop.abort();
  await waited;
});
