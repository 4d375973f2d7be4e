import { assert, assertEquals } from "@std/assert";
import type { Consumer } from "mediasoup/types";
import { valueOf } from "../../../../shared/actor/mod.ts";
import { MAX_STEPS } from "../../../../shared/protocol/media/control.ts";
import { type Handler, type HandlerOptions, startHandler } from "../../fixtures/handler.ts";
import { codesOf, type OpenMeeting, openMeeting } from "../../fixtures/open_meeting.ts";
import { capabilities, simulcastParameters } from "../../fixtures/rtp.ts";
import type { ReportLog } from "../../fixtures/reports.ts";
import { until } from "../../fixtures/until.ts";

interface House {
  readonly handler: Handler;
  readonly meeting: OpenMeeting;
  readonly reports: ReportLog;
  /** mediasoup's object of Bob's consumer. */
  consumer(): Promise<Consumer | undefined>;
  /** Ada's camera, with three layers. */
  readonly producer_id: string;
}

function test(name: string, body: (house: House) => Promise<void>, options: HandlerOptions = {}): void {
  Deno.test(`consumer steps › ${name}`, async () => {
    await using handler = await startHandler(options);
    const { control, reports } = handler.connect("one");
    const meeting = await openMeeting(control);
    const { steps, done } = meeting;
    const { send } = await done(steps.transports("ada"));
    await done(steps.transports("bob"));
    const rtp_parameters = simulcastParameters("1");
    const { producer_id } = await done({ ...steps.video("ada", send.id), rtp_parameters });
    const consumer = async () => {
      const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
      return live?.consumers[0];
    };
    await body({ handler, meeting, reports, consumer, producer_id });
  });
}

test("a consumer starts paused, and opening it again answers the same one", async ({ meeting, consumer, producer_id }) => {
  const { steps, apply, participants } = meeting;
  const [once, again] = await apply(steps.consume("bob", producer_id), steps.consume("bob", producer_id));
  assertEquals(once, again);
  assert(once?.ok && once.step === "consumer.open");
  assertEquals(once.kind, "video");
  assertEquals(once.rtp_parameters.codecs.map(({ mimeType }) => mimeType), ["video/VP8", "video/rtx"]);
  assertEquals((await consumer())?.paused, true);
  assertEquals((await participants())[1]?.consumers, [{
    consumer_id: once.consumer_id,
    producer_id,
    paused: true,
    spatial_layer: null,
    priority: 1,
  }]);
});

test("a consumer starts with the pause, layer and priority of its step", async ({ meeting: { steps, done }, consumer, producer_id }) => {
  await done({ ...steps.consume("bob", producer_id), paused: false, spatial_layer: 1, priority: 9 });
  const there = await consumer();
  assertEquals([there?.paused, there?.preferredLayers?.spatialLayer, there?.priority], [false, 1, 9]);
});

test("a consumer changes as its step says, and keeps the rest", async (house) => {
  const { meeting: { steps, done, participants, router_id }, consumer, producer_id } = house;
  await done(steps.consume("bob", producer_id));
  const set = { step: "consumer.set" as const, router_id, participant_id: "bob", producer_id };
  const seen = async () => {
    const [, bob] = await participants();
    const { paused, spatial_layer, priority } = bob?.consumers[0] ?? {};
    return [paused, spatial_layer, priority];
  };
  await done({ ...set, spatial_layer: 0 });
  assertEquals(await seen(), [true, 0, 1]);
  await done({ ...set, paused: false, priority: 200 });
  assertEquals(await seen(), [false, 0, 200]);
  const there = await consumer();
  assertEquals([there?.paused, there?.preferredLayers?.spatialLayer, there?.priority], [false, 0, 200]);
  await done({ ...set, paused: true });
  await done({ ...set, paused: true });
  assertEquals(await seen(), [true, 0, 200]);
  await done({ ...steps.consume("bob", producer_id), paused: false });
  assertEquals(await seen(), [false, 0, 200]);
});

test("a consumer is paused and resumed with its producer", async (house) => {
  const { meeting: { steps, done, router_id }, consumer, producer_id } = house;
  const pause = { step: "producer.pause" as const, router_id, producer_id };
  await done({ ...pause, paused: true });
  await done({ ...steps.consume("bob", producer_id), paused: false });
  const producerPaused = async () => (await consumer())?.producerPaused;
  assertEquals(await producerPaused(), true);
  await done({ ...pause, paused: false });
  await until(async () => await producerPaused() === false || undefined);
});

test("a layer above the highest one selects the highest", async (house) => {
  const { meeting: { steps, done, router_id }, consumer, producer_id } = house;
  await done({ ...steps.consume("bob", producer_id), spatial_layer: 256 });
  assertEquals((await consumer())?.preferredLayers?.spatialLayer, 2);
  const set = { step: "consumer.set" as const, router_id, participant_id: "bob", producer_id };
  await done({ ...set, spatial_layer: 0 });
  await done({ ...set, spatial_layer: 256 });
  assertEquals((await consumer())?.preferredLayers?.spatialLayer, 2);
});

test("an audio consumer takes a layer and a priority too", async ({ meeting }) => {
  const { steps, done, codeOf, router_id } = meeting;
  const { send } = await done(steps.transports("cleo"));
  const { producer_id } = await done(steps.audio("cleo", send.id));
  await done({ ...steps.consume("bob", producer_id), spatial_layer: 1, priority: 2 });
  const set = { step: "consumer.set" as const, router_id, participant_id: "bob", producer_id };
  assertEquals(await codeOf({ ...set, spatial_layer: 0, priority: 255, paused: false }), "ok");
});

test("a step on an unknown consumer, producer or participant is not found", async ({ meeting, producer_id }) => {
  const { steps, codeOf, router_id } = meeting;
  const set = { step: "consumer.set" as const, router_id, participant_id: "bob", producer_id, paused: true };
  assertEquals(await codeOf(set), "not_found");
  assertEquals(await codeOf(steps.consume("bob", "nobody")), "not_found");
  assertEquals(await codeOf(steps.consume("eve", producer_id)), "not_found");
});

test("a batch full of unknown producers still opens the known one", async ({ meeting, producer_id }) => {
  const { steps, apply } = meeting;
  const unknown = Array.from({ length: MAX_STEPS - 1 }, (_, n) => steps.consume("bob", `nobody-${n}`));
  const codes = codesOf(await apply(...unknown, steps.consume("bob", producer_id)));
  assertEquals(codes.pop(), "ok");
  assertEquals(new Set(codes), new Set(["not_found"]));
});

test("a consumer closes, and closing it again is fine", async ({ meeting, producer_id }) => {
  const { steps, done, codeOf, participants, router_id } = meeting;
  await done(steps.consume("bob", producer_id));
  const close = { step: "consumer.close" as const, router_id, participant_id: "bob", producer_id };
  assertEquals([await codeOf(close), await codeOf(close)], ["ok", "ok"]);
  assertEquals((await participants())[1]?.consumers, []);
});

test("a consumer is on the newest transports", async ({ meeting, producer_id }) => {
  const { steps, done, participants } = meeting;
  const old = await done(steps.consume("bob", producer_id));
  await done(steps.transports("bob", 2));
  assertEquals((await participants())[1]?.consumers, []);
  const young = await done(steps.consume("bob", producer_id));
  assertEquals((await participants())[1]?.consumers.map(({ consumer_id }) => consumer_id), [
    young.consumer_id,
  ]);
  assert(old.consumer_id !== young.consumer_id);
});

test("a consumer whose receiver lacks the codec is rejected and counted", async (house) => {
  const { handler, meeting: { steps, done, apply }, producer_id } = house;
  const codecs = (capabilities.codecs ?? []).filter(({ kind }) => kind === "audio");
  await done({ ...steps.transports("deaf"), rtp_capabilities: { codecs } });
  const outcomes = await apply(steps.consume("deaf", producer_id), steps.consume("bob", producer_id));
  const [refused, taken] = outcomes;
  assert(refused && !refused.ok);
  assertEquals(refused.code, "rejected");
  assert(refused.message.startsWith("mediasoup refuses: "), refused.message);
  assertEquals(taken?.ok, true);
  const metrics = handler.metrics.registry;
  await until(async () => /^mh_consume_failures_total 1$/m.test(await metrics.metrics()) || undefined);
});

test(
  "a participant has no more consumers than the limit",
  async ({ meeting: { steps, done, apply }, producer_id }) => {
    const cleo = await done(steps.transports("cleo"));
    const { producer_id: other } = await done(steps.audio("cleo", cleo.send.id));
    const outcomes = await apply(steps.consume("bob", producer_id), steps.consume("bob", other));
    assertEquals(outcomes.map((one) => one.ok ? "ok" : one.code), ["ok", "rejected"]);
  },
  { maxConsumers: 1 },
);

test("a consumer's layer is reported once it has settled, and none only of what isn't paused", async (house) => {
  const { handler, meeting: { steps, done, router_id }, reports, producer_id } = house;
  await done(steps.transports("cleo"));
  for (const id of ["bob", "cleo"]) await done({ ...steps.consume(id, producer_id), paused: false });
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  const [bobs, cleos] = live?.consumers ?? [];
  assert(bobs && cleos);
  const send = (consumer: Consumer, ...spatial: (number | undefined)[]) => {
    for (const spatialLayer of spatial) {
      const layers = spatialLayer === undefined ? undefined : { spatialLayer };
      Reflect.apply(consumer.emit, consumer, ["layerschange", layers]);
    }
  };
  const sent = (participant_id: string, spatial_layer: number | null) => ({
    participant_id,
    producer_id,
    spatial_layer,
  });
  send(bobs, 0, undefined, 2);
  await reports.first("layers", 1);
  send(bobs, undefined);
  await reports.first("layers", 2);
  await done({ step: "consumer.set", router_id, participant_id: "bob", producer_id, paused: true });
  send(bobs, 1);
  await reports.first("layers", 3);
  send(bobs, undefined);
  send(cleos, undefined);
  const all = await reports.first("layers", 4);
  assertEquals(all.map(({ consumers }) => consumers), [
    [sent("bob", 2)],
    [sent("bob", null)],
    [sent("bob", 1)],
    [sent("cleo", null)],
  ]);
});
