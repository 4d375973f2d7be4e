import { assertEquals } from "@std/assert";
import { judgeSending } from "../../../media/telemetry/bandwidth.ts";
import { startHandler } from "../fixtures/handler.ts";
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
      packetsSent: new Map(),
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
