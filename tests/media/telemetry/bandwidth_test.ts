import { assertEquals } from "@std/assert";
import { judgeSending } from "../../../media/telemetry/bandwidth.ts";
import type { LiveObjects } from "../../../media/telemetry/live_objects.ts";
import type { Measured } from "../../../media/telemetry/measure.ts";
import { observe } from "../../../media/telemetry/observe.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";

const limits = { bitrate: 4_000_000, bitrateWithScreen: 8_000_000 };

/** What came of rounds with these bitrates, in Mbit/s. */
function judged(mbps: readonly number[], { sharesScreen = false, isSound = false } = {}): string[] {
  let before = 0;
  return mbps.map((one) => {
    const bitrate = one * 1e6;
    const sending = { participantId: "ada", sharesScreen, bitrate, soundBitrate: isSound ? bitrate : 0 };
    const { rounds, excess } = judgeSending(sending, limits, before);
    before = rounds;
    return excess === undefined ? "fine" : excess.closed ? "closed" : "told";
  });
}

Deno.test("bandwidth › whoever sends too much is told, and closed in the third round", () => {
  assertEquals(judged([3, 4.2, 5, 5, 20, 3]), ["fine", "fine", "told", "fine", "closed", "fine"]);
});

Deno.test("bandwidth › four rounds without an excess make up for one with it", () => {
  assertEquals(judged([5, 5, 3, 5, 5]), ["told", "fine", "fine", "fine", "closed"]);
  assertEquals(judged([5, 3, 3, 3, 3, 5, 5, 5]).slice(5), ["told", "fine", "closed"]);
  // Who produces again after a closing, and sends too much, is closed at once.
  assertEquals(judged([9, 9, 9, 3, 9, 9]).slice(2), ["closed", "fine", "closed", "closed"]);
});

Deno.test("bandwidth › a screen may take more, sound less", () => {
  assertEquals(judged([7, 8.5, 9, 9, 9], { sharesScreen: true }), ["fine", "fine", "told", "fine", "closed"]);
  assertEquals(judged([0.1, 0.6, 0.7, 0.7, 0.7], { isSound: true }), [
    "fine",
    "fine",
    "told",
    "fine",
    "closed",
  ]);
});

/** Ada has a microphone on each of two pairs of transports, the older of which was replaced, and may have a screen, too. */
async function withReplacedPair(handler: Handler, sharesScreen = false) {
  const meeting = await openMeeting(handler.connect("one").control);
  const { done, steps } = meeting;
  const older = await done(steps.transports("ada", 1));
  await done(steps.audio("ada", older.send.id));
  if (sharesScreen) await done({ ...steps.video("ada", older.send.id), source: "screen" });
  const newer = await done(steps.transports("ada", 2));
  await done(steps.audio("ada", newer.send.id));
  return {
    ...meeting,
    live: async () => valueOf(await handler.table.ask("liveObjects", undefined)),
  };
}

/** A round of five seconds in which so much came over each of a router's transports, and from each producer. */
function judgedRound(live: readonly LiveObjects[], mbps: number, soundMbps: number) {
  return judgedBetween(measuredAfter(live, 0), measuredAfter(live, 5, mbps, soundMbps), live);
}

/** Samples of a router's transports and producers that have sent for so many seconds. */
function measuredAfter(
  live: readonly LiveObjects[],
  seconds: number,
  mbps = 0,
  soundMbps = 0,
  atMs = 1_000 * seconds,
): Measured {
  const silent = { packets: 0, lost: 0, bitrate: 0, roundTripMs: null, score: 10, jitterMs: 0 };
  const idle = { bytesOut: 0, bitrateIn: 0, bitrateOut: 0, lossIn: 0, lossOut: 0 };
  return {
    transports: new Map(
      live.flatMap(({ transports }) => transports).map((one) => [
        one,
        { ...idle, atMs, bytesIn: seconds * mbps * 125_000 },
      ]),
    ),
    producers: new Map(
      live.flatMap(({ producers }) => producers).map((one) => [
        one,
        { ...silent, atMs, bytes: seconds * soundMbps * 125_000, encodings: [] },
      ]),
    ),
    piped: new Map(),
    consumers: new Map(),
  };
}

function judgedBetween(before: Measured | undefined, measured: Measured, live: readonly LiveObjects[]) {
  const round = { live, before, measured, elapsedMs: 5_000, judgements: new Map() };
  return observe(round, limits).observations.flatMap(({ excesses }) => excesses)
    .map(({ bitrate_bps, allowed_bps }) => [bitrate_bps, allowed_bps]);
}

Deno.test("bandwidth › what comes over replaced transports counts, and their screen does", async () => {
  await using handler = await startHandler();
  const objects = await (await withReplacedPair(handler)).live();
  assertEquals(judgedRound(objects, 2, 0.2), []);
  assertEquals(judgedRound(objects, 3, 0.2), [[6_000_000, 4_000_000]]);
  assertEquals(judgedRound(objects, 2, 0.4), [[800_000, 600_000]]);
  await using other = await startHandler();
  assertEquals(judgedRound(await (await withReplacedPair(other, true)).live(), 3, 0.2), []);
});

Deno.test("bandwidth › what came over transports since they were made counts in their first round", async () => {
  await using handler = await startHandler();
  const { live } = await withReplacedPair(handler);
  const objects = await live();
  const measured = measuredAfter(objects, 5, 3, 0.2);
  const nothing: Measured = {
    transports: new Map(),
    producers: new Map(),
    piped: new Map(),
    consumers: new Map(),
  };
  assertEquals(judgedBetween(nothing, measured, objects), [[6_000_000, 4_000_000]]);
  // Nobody knows how long a handler's very first round is.
  assertEquals(judgedBetween(undefined, measured, objects), []);
});

Deno.test("bandwidth › sound whose count began anew with another SSRC counts", async () => {
  await using handler = await startHandler();
  const { live } = await withReplacedPair(handler);
  const objects = await live();
  const measured = measuredAfter(objects, 5, 0, 0.4, 65_000);
  assertEquals(judgedBetween(measuredAfter(objects, 60, 0, 0.4), measured, objects), [[800_000, 600_000]]);
});

Deno.test("bandwidth › closing an excess closes what is sent over replaced transports", async () => {
  await using handler = await startHandler();
  const { router_id, live } = await withReplacedPair(handler);
  const producers = async () => (await live()).flatMap(({ producers }) => producers);
  assertEquals((await producers()).length, 2);
  const excess = { participant_id: "ada", bitrate_bps: 9_000_000, allowed_bps: 4_000_000, closed: true };
  handler.table.tell("observed", [{
    meetingId: "m",
    routerId: router_id,
    sent: new Map(),
    received: new Map(),
    changed: [],
    excesses: [excess],
  }]);
  assertEquals((await producers()).length, 0);
});

Deno.test("bandwidth › an excess is reported, and closing it closes all that the participant sends", async () => {
  await using handler = await startHandler();
  const { control, reports } = handler.connect("one");
  const { done, steps, participants, router_id } = await openMeeting(control);
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  const told = { participant_id: "ada", bitrate_bps: 9_000_000, allowed_bps: 4_000_000 };
  const observe = (closed: boolean) =>
    handler.table.tell("observed", [{
      meetingId: "m",
      routerId: router_id,
      sent: new Map(),
      received: new Map(),
      changed: [],
      excesses: [{ ...told, closed }],
    }]);
  observe(false);
  assertEquals(await reports.first("excess", 1), [{ report: "excess", router_id, ...told, closed: false }]);
  assertEquals((await participants())[0]?.producers.length, 1);
  observe(true);
  assertEquals((await reports.first("excess", 2))[1]?.closed, true);
  assertEquals(await reports.first("producer.ended", 1), [{
    report: "producer.ended",
    router_id,
    producer_id,
  }]);
  assertEquals((await participants())[0]?.producers, []);
  const { producer_id: again } = await done(steps.audio("ada", send.id));
  assertEquals((await participants())[0]?.producers.map(({ producer_id }) => producer_id), [again]);
});
