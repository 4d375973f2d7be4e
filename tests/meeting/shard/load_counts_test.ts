import { assertEquals } from "@std/assert";
import { fail, later } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { type LoadCount, LoadCounts, meetingLoad, noLoad } from "../../../meeting/shard/load_counts.ts";
import { MeetingController } from "../../../meeting/shard/meeting_controller_protocol.ts";
import { shardCounter } from "../../../meeting/shard/shard_counter.ts";

const load = (meetings: number, joined: number): LoadCount => ({ ...noLoad, meetings, joined });

Deno.test("load › a shard that is too busy to count has what it had before, until it counts again", async () => {
  const kit = createTestKit(5);
  const scope = kit.createScope();
  const [busy, quick] = [
    createProbe(scope, MeetingController, "busy"),
    createProbe(scope, MeetingController, "quick"),
  ];
  const countShards = shardCounter([busy.ref, quick.ref]);
  const silent = () => later(new Promise(() => {}));
  busy.answer("count", silent);
  quick.answer("count", () => load(1, 2));
  assertEquals(await kit.finish(countShards()), load(1, 2), "it has never counted");
  busy.answer("count", () => load(10, 300));
  assertEquals(await kit.finish(countShards()), load(11, 302));
  busy.answer("count", silent);
  quick.answer("count", () => load(2, 4));
  assertEquals(await kit.finish(countShards()), load(12, 304));
  busy.answer("count", () => load(3, 5));
  assertEquals(await kit.finish(countShards()), load(5, 9));
  await kit.finish(scope.close(1_000));
});

Deno.test("load › a meeting that is too busy to count has what it had before; one that ended counts no more", async () => {
  const [one, other] = [{}, {}];
  const counts = new LoadCounts<object>(load(1, 0));
  const counted = (meetings: readonly object[], joined: number | null) =>
    counts.sum(meetings, () =>
      Promise.resolve(
        joined === null
          ? { ok: false, error: fail("timeout", "It is busy.") }
          : { ok: true, value: meetingLoad({ joined, waiting: 0, away: 0, unstored: false }) },
      ));
  assertEquals(await counted([one], 7), load(1, 7));
  assertEquals(await counted([one, other], null), load(2, 7));
  assertEquals(await counted([other], null), load(1, 0));
});
