import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async";
import { type Judgements, observe } from "../../../media/telemetry/observe.ts";
import { nextQuality, type Quality, type QualityFacts } from "../../../media/telemetry/quality.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { until } from "../fixtures/until.ts";

const best: QualityFacts = { roundTripMs: 40, loss: 0, missingLayers: 0 };
const levelOf = (facts: Partial<QualityFacts>) => nextQuality({ ...best, ...facts }, undefined).level;

Deno.test("quality › delay, loss and missing layers each count", () => {
  assertEquals(levelOf({}), "good");
  assertEquals(levelOf({ roundTripMs: null }), "good");
  assertEquals([200, 400, 2_000].map((roundTripMs) => levelOf({ roundTripMs })), ["good", "fair", "fair"]);
  assertEquals([0.02, 0.05, 0.1, 1].map((loss) => levelOf({ loss })), ["good", "fair", "poor", "poor"]);
  assertEquals([0.2, 0.5, 1].map((missingLayers) => levelOf({ missingLayers })), ["good", "fair", "poor"]);
  assertEquals(levelOf({ roundTripMs: 400, missingLayers: 0.5 }), "poor");
});

Deno.test("quality › it falls within one window, and rises over several", () => {
  let quality: Quality | undefined = nextQuality(best, undefined);
  quality = nextQuality({ ...best, loss: 0.5 }, quality);
  assertEquals(quality.level, "poor");
  const levels = Array.from({ length: 5 }, () => (quality = nextQuality(best, quality)).level);
  assertEquals(levels, ["poor", "fair", "fair", "good", "good"]);
});

Deno.test("quality › a layer that is wanted only since this round is not missing yet", async () => {
  await using handler = await startHandler();
  const { done, steps } = await openMeeting(handler.connect("one").control);
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.video("ada", send.id));
  await done({ ...steps.consume("bob", producer_id), paused: false });
  const live = valueOf(await handler.table.ask("liveObjects", undefined));
  const sample = { packets: 0, lost: 0, bitrate: 0, roundTripMs: null, score: 10, layers: 0 };
  const consumers = new Map(live.flatMap((one) => one.consumers).map((one) => [one, sample]));
  const measured = { transports: new Map(), producers: new Map(), piped: new Map(), consumers };
  let judgements: Judgements = new Map();
  const levels = Array.from({ length: 2 }, () => {
    const round = { live, measured, before: undefined, elapsedMs: 5_000, judgements };
    judgements = observe(round, { bitrate: 1, bitrateWithScreen: 1 }).judgements;
    return judgements.values().map(({ quality }) => quality.level).toArray();
  });
  assertEquals(levels, [["good", "good"], ["good", "poor"]]);
});

Deno.test("quality › a change is reported to the controller, and the packets sent are in the inventory", async () => {
  await using handler = await startHandler();
  const { control, reports } = handler.connect("one");
  const { done, steps, participants, router_id } = await openMeeting(control);
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  const { consumer_id } = await done(steps.consume("bob", producer_id));
  const consumers = async () => (await participants()).flatMap(({ consumers }) => consumers);
  assertEquals((await consumers()).map(({ packets_sent }) => packets_sent), [undefined]);
  const observation = {
    meetingId: "m",
    routerId: router_id,
    sent: new Map([[consumer_id, { packets: 42, bitrate: 0, layers: 0 }]]),
    received: new Map(),
    excesses: [],
    changed: [
      { participant_id: "gone", level: "poor" as const },
      { participant_id: "bob", level: "fair" as const },
    ],
  };
  assertEquals(handler.table.tell("observed", [observation]), "accepted");
  assertEquals(await reports.first("quality", 1), [
    { report: "quality", router_id, participant_id: "bob", level: "fair" },
  ]);
  assertEquals((await consumers()).map(({ packets_sent }) => packets_sent), [42]);
});

Deno.test("quality › the first judgement of a participant is reported: elsewhere it may have been another", async () => {
  await using handler = await startHandler({ statisticsMs: 100 });
  const { control, reports } = handler.connect("one");
  const { done, steps, router_id } = await openMeeting(control);
  await done(steps.transports("ada"));
  const first = [{ report: "quality" as const, router_id, participant_id: "ada", level: "good" as const }];
  assertEquals(await deadline(reports.first("quality", 1), 10_000), first);
  // What stays as it is isn't reported again.
  await done(steps.transports("bob"));
  const both = await deadline(reports.first("quality", 2), 10_000);
  assertEquals(both.map(({ participant_id }) => participant_id), ["ada", "bob"]);
});

Deno.test("quality › rounds go on by themselves, and show in the metrics", async () => {
  await using handler = await startHandler({ statisticsMs: 100 });
  const { done, steps, participants } = await openMeeting(handler.connect("one").control);
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  await done(steps.consume("bob", (await done(steps.audio("ada", send.id))).producer_id));
  await until(async () => (await participants())[1]?.consumers[0]?.packets_sent);
  const metrics = await handler.metrics.registry.metrics();
  assert(/^mh_participants_quality\{level="good"\} 2$/m.test(metrics), metrics);
});
