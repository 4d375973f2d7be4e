import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type HandlerOptions, startHandler } from "../../fixtures/handler.ts";
import { type OpenMeeting, openMeeting } from "../../fixtures/open_meeting.ts";
import { audioParameters, videoParameters } from "../../fixtures/rtp.ts";
import type { ReportLog } from "../../fixtures/reports.ts";

function test(
  name: string,
  body: (meeting: OpenMeeting, reports: ReportLog) => Promise<void>,
  options: HandlerOptions = {},
): void {
  Deno.test(`producer steps › ${name}`, async () => {
    await using handler = await startHandler(options);
    const { control, reports } = handler.connect("one");
    await body(await openMeeting(control), reports);
  });
}

test("equal parameters answer the existing producer", async ({ steps, apply, done, participants }) => {
  const { send } = await done(steps.transports("ada"));
  const step = steps.audio("ada", send.id);
  const [once, again] = await apply(step, { ...step, paused: true });
  assertEquals(once, again);
  assertEquals((await participants())[0]?.producers.map(({ paused }) => paused), [true]);
});

test("other parameters replace the producer", async ({ steps, done, participants }) => {
  const { send } = await done(steps.transports("ada"));
  const old = await done(steps.video("ada", send.id));
  await done(steps.transports("bob"));
  await done(steps.consume("bob", old.producer_id));
  const young = await done({ ...steps.video("ada", send.id), rtp_parameters: videoParameters("7") });
  assertNotEquals(old.producer_id, young.producer_id);
  const [ada, bob] = await participants();
  assertEquals(ada?.producers, [{
    producer_id: young.producer_id,
    source: "camera",
    paused: false,
    layers: 1,
  }]);
  assertEquals(bob?.consumers, []);
});

test("a producer whose replacement mediasoup refuses is reported as ended", async (meeting, reports) => {
  const { steps, done, codeOf, router_id, participants } = meeting;
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.video("ada", send.id));
  const unknown = {
    ...videoParameters("7"),
    codecs: [{ mimeType: "video/none", payloadType: 96, clockRate: 9 }],
  };
  assertEquals(await codeOf({ ...steps.video("ada", send.id), rtp_parameters: unknown }), "rejected");
  assertEquals(await reports.first("producer.ended", 1), [{
    report: "producer.ended",
    router_id,
    producer_id,
  }]);
  assertEquals((await participants())[0]?.producers, []);
});

test("parameters that mediasoup refuses are rejected in its words, and the meeting goes on", async (meeting) => {
  const { steps, apply, done, codeOf } = meeting;
  const { send } = await done(steps.transports("ada"));
  const microphone = steps.audio("ada", send.id);
  await done(microphone);
  const [twice] = await apply({ ...microphone, source: "screen_audio" });
  assert(twice?.ok === false);
  assertEquals(twice.code, "rejected");
  assert(twice.message.startsWith("mediasoup refuses: "), twice.message);
  const other = { ...microphone, source: "screen_audio" as const, rtp_parameters: audioParameters("5") };
  assertEquals(await codeOf(other), "ok");
});

test("an epoch has its own producers, and one that was replaced gets no more", async (meeting) => {
  const { steps, done, codeOf, participants } = meeting;
  const { send: old } = await done(steps.transports("ada", 1));
  const step = steps.audio("ada", old.id);
  const first = await done(step);
  const { send } = await done(steps.transports("ada", 2));
  const second = await done({ ...step, transport_id: send.id });
  assertNotEquals(first.producer_id, second.producer_id);
  assertEquals([await codeOf(step), await codeOf(steps.video("ada", old.id))], ["not_found", "not_found"]);
  const [ada] = await participants();
  assertEquals(ada?.producers.map(({ producer_id }) => producer_id), [second.producer_id]);
});

test("a producer needs its participant's own sending transport", async ({ steps, done, codeOf }) => {
  const ada = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  assertEquals(await codeOf(steps.audio("ada", ada.recv.id)), "not_found");
  assertEquals(await codeOf(steps.audio("bob", ada.send.id)), "not_found");
  assertEquals(await codeOf(steps.audio("eve", ada.send.id)), "not_found");
});

test(
  "a source has its own kind, and a participant no more producers than the limit",
  async ({ steps, done, codeOf }) => {
    const { send } = await done(steps.transports("ada"));
    const camera = steps.video("ada", send.id);
    assertEquals(await codeOf({ ...camera, kind: "audio" }), "rejected");
    assertEquals(await codeOf({ ...camera, rtp_parameters: audioParameters("1") }), "rejected");
    assertEquals(await codeOf(steps.audio("ada", send.id)), "ok");
    assertEquals(await codeOf(steps.video("ada", send.id)), "rejected");
  },
  { maxProducers: 1 },
);

test("a producer pauses and resumes, once or twice", async ({ steps, done, codeOf, router_id, participants }) => {
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  const paused = async () => (await participants())[0]?.producers[0]?.paused;
  const pause = { step: "producer.pause" as const, router_id, producer_id };
  for (const wanted of [true, true, false, false]) {
    assertEquals(await codeOf({ ...pause, paused: wanted }), "ok");
    assertEquals(await paused(), wanted);
  }
  assertEquals(await codeOf({ ...pause, producer_id: "nobody", paused: true }), "not_found");
});

test("a producer closes with its consumers, and closing it again is fine", async (meeting) => {
  const { steps, done, codeOf, router_id, participants } = meeting;
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  await done(steps.consume("bob", producer_id));
  const close = { step: "producer.close" as const, router_id, producer_id };
  assertEquals([await codeOf(close), await codeOf(close)], ["ok", "ok"]);
  const there = await participants();
  assertEquals(there.map(({ producers, consumers }) => [producers, consumers]), [[[], []], [[], []]]);
  assertEquals(await codeOf(steps.consume("bob", producer_id)), "not_found");
});
