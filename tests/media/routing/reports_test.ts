import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, type HandlerOptions, startHandler } from "../fixtures/handler.ts";
import { type OpenMeeting, openMeeting } from "../fixtures/open_meeting.ts";
import type { ReportLog } from "../fixtures/reports.ts";
import { until } from "../fixtures/until.ts";

interface House {
  readonly handler: Handler;
  readonly meeting: OpenMeeting;
  readonly reports: ReportLog;
  /** Emits mediasoup's events of a transport. */
  emit(
    transport_id: string,
    event: "icestatechange" | "dtlsstatechange",
    ...states: string[]
  ): Promise<void>;
}

function test(name: string, body: (house: House) => Promise<void>, options: HandlerOptions = {}): void {
  Deno.test(`reports › ${name}`, async () => {
    await using handler = await startHandler(options);
    const { control, reports } = handler.connect("one");
    await body({
      handler,
      reports,
      meeting: await openMeeting(control),
      async emit(transport_id, event, ...states) {
        const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
        const transport = live?.transports.find(({ id }) => id === transport_id);
        assert(transport);
        for (const state of states) Reflect.apply(transport.emit, transport, [event, state]);
      },
    });
  });
}

const load = async (handler: Handler) => valueOf(await handler.table.ask("status", undefined)).load;

test("a transport whose DTLS ends is reported, and its producers and consumers are gone", async (house) => {
  const { handler, meeting: { steps, done, participants, router_id }, reports, emit } = house;
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  await done(steps.consume("bob", producer_id));
  await emit(send.id, "dtlsstatechange", "closed");
  assertEquals(await reports.first("transport.ended", 1), [{
    report: "transport.ended",
    router_id,
    participant_id: "ada",
    transport_id: send.id,
    reason: "dtls_closed",
  }]);
  assertEquals(await load(handler), {
    transports: 3,
    producers: { audio: 0, video: 0 },
    consumers: { audio: 0, video: 0 },
  });
  const states = async () =>
    (await participants()).map(({ participant_id, state }) => [participant_id, state]);
  assertEquals(await states(), [["ada", "ended"], ["bob", "new"]]);
  await done(steps.transports("ada"));
  assertEquals(await states(), [["ada", "new"], ["bob", "new"]]);
  assertEquals((await load(handler)).transports, 4);
});

test("each change of a path is reported, and a path lost for long ends its transport", async (house) => {
  const { meeting: { steps, done }, reports, emit } = house;
  const { recv } = await done(steps.transports("ada"));
  await emit(recv.id, "icestatechange", "connected", "completed", "disconnected", "closed");
  const [ended] = await reports.first("transport.ended", 1);
  assertEquals([ended?.transport_id, ended?.reason], [recv.id, "ice_lost"]);
  const paths = await reports.first("transport.path", 3);
  assertEquals(paths.map(({ ice }) => ice), ["connected", "completed", "disconnected"]);
  assertEquals(reports.all.length, 4);
}, { iceLostMs: 20 });

test("a path that comes back in time keeps its transport", async (house) => {
  const { meeting: { steps, done, participants }, reports, emit } = house;
  const ada = await done(steps.transports("ada"));
  await emit(ada.send.id, "icestatechange", "disconnected", "connected");
  // The other path is lost later: when its transport ends, the first one would have ended already.
  await emit(ada.recv.id, "icestatechange", "disconnected");
  const ended = await reports.first("transport.ended", 1);
  assertEquals(ended.map(({ transport_id }) => transport_id), [ada.recv.id]);
  assertEquals((await participants()).map(({ state }) => state), ["ended"]);
  assertEquals((await load(house.handler)).transports, 1);
}, { iceLostMs: 50 });

test("the end of a replaced transport ends its producers only", async (house) => {
  const { meeting: { steps, done, router_id }, reports, emit } = house;
  const old = await done(steps.transports("ada", 1));
  const { producer_id } = await done(steps.audio("ada", old.send.id));
  await done(steps.transports("ada", 2));
  await emit(old.send.id, "icestatechange", "disconnected");
  await emit(old.send.id, "dtlsstatechange", "failed");
  await reports.first("producer.ended", 1);
  assertEquals(reports.all.map(({ report }) => report), [{
    report: "producer.ended",
    router_id,
    producer_id,
  }]);
});

test("qualities and layers are reported once more to the controller that opens the meeting", async (house) => {
  const { handler, meeting: { steps, done, fence, router_id }, reports } = house;
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.video("ada", send.id));
  const { consumer_id } = await done(steps.consume("bob", producer_id));
  const quality = { participant_id: "ada", level: "poor" } as const;
  const observation = {
    meetingId: fence.meeting_id,
    routerId: router_id,
    sent: new Map(),
    received: new Map(),
    changed: [quality],
    excesses: [],
  };
  assertEquals(handler.table.tell("observed", [observation]), "accepted");
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  live?.consumers.find(({ id }) => id === consumer_id)?.emit("layerschange", { spatialLayer: 1 });
  const layers = await reports.first("layers", 1);
  assertEquals(layers.map(({ consumers }) => consumers), [[
    { participant_id: "bob", producer_id, spatial_layer: 1 },
  ]]);
  const next = handler.connect("two");
  valueOf(await next.control.ask("open", { ...fence, generation: 2 }));
  assertEquals(await next.reports.first("quality", 1), [{ report: "quality", router_id, ...quality }]);
  assertEquals(await next.reports.first("layers", 1), layers);
});

test("a report that the link has no room for is counted", async ({ handler, meeting, emit }) => {
  const { send } = await meeting.done(meeting.steps.transports("ada"));
  await handler.muteLink("one");
  await emit(send.id, "icestatechange", "connected");
  await until(async () =>
    /^mh_reports_dropped_total 1$/m.test(await handler.metrics.registry.metrics()) || undefined
  );
});
