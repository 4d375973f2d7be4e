import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../../shared/actor/mod.ts";
import { type Handler, startHandler } from "../../fixtures/handler.ts";
import { type OpenMeeting, openMeeting } from "../../fixtures/open_meeting.ts";
import type { ReportLog } from "../../fixtures/reports.ts";
import { until } from "../../fixtures/until.ts";

interface House {
  readonly handler: Handler;
  readonly meeting: OpenMeeting;
  readonly reports: ReportLog;
  /** Whether a transport is there. */
  lives(participant_id: string, transport_id: string): Promise<boolean>;
}

function test(name: string, body: (house: House) => Promise<void>): void {
  Deno.test(`replaced transports › ${name}`, async () => {
    await using handler = await startHandler();
    const { control, reports } = handler.connect("one");
    const meeting = await openMeeting(control);
    const { router_id } = meeting;
    await body({
      handler,
      meeting,
      reports,
      lives: async (participant_id, transport_id) =>
        await meeting.codeOf({ step: "transport.restart_ice", router_id, participant_id, transport_id }) ===
          "ok",
    });
  });
}

async function liveObjects(handler: Handler) {
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  assert(live);
  return live;
}

/** mediasoup tells that a transport's DTLS is connected, as it does after a client's handshake. */
async function connected(handler: Handler, transport_id: string): Promise<void> {
  const transport = (await liveObjects(handler)).transports.find(({ id }) => id === transport_id);
  assert(transport);
  Object.defineProperty(transport, "dtlsState", { value: "connected" });
  Reflect.apply(transport.emit, transport, ["dtlsstatechange", "connected"]);
}

test("a producer goes on until the new one of its source has packets", async ({ handler, ...house }) => {
  const { meeting: { steps, done, router_id }, reports, lives } = house;
  const before = await done(steps.transports("ada", 1));
  const old = await done(steps.audio("ada", before.send.id));
  const after = await done(steps.transports("ada", 2));
  const fresh = await done(steps.audio("ada", after.send.id));
  assertEquals([await lives("ada", before.send.id), await lives("ada", before.recv.id)], [true, false]);
  const { producers } = await liveObjects(handler);
  assertEquals(producers.map(({ id }) => id), [old.producer_id, fresh.producer_id]);
  producers[1]?.emit("trace", { type: "rtp", timestamp: 0, direction: "in", info: {} });
  const ended = { report: "producer.ended", router_id, producer_id: old.producer_id };
  assertEquals<unknown>(await reports.first("producer.ended", 1), [ended]);
  assertEquals(await lives("ada", before.send.id), false);
});

test("a producer that is born paused replaces the old one at once", async ({ meeting, lives }) => {
  const { steps, done } = meeting;
  const before = await done(steps.transports("ada", 1));
  await done(steps.audio("ada", before.send.id));
  const after = await done(steps.transports("ada", 2));
  await done({ ...steps.audio("ada", after.send.id), paused: true });
  assertEquals(await lives("ada", before.send.id), false);
});

test("another source of the new transports ends nothing", async ({ meeting, lives }) => {
  const { steps, done } = meeting;
  const before = await done(steps.transports("ada", 1));
  await done(steps.audio("ada", before.send.id));
  const after = await done(steps.transports("ada", 2));
  await done({ ...steps.video("ada", after.send.id), paused: true });
  assertEquals(await lives("ada", before.send.id), true);
});

test("receiving goes on until the new consumers are forwarded over a connected transport", async (house) => {
  const { handler, meeting: { steps, done, router_id }, lives } = house;
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  const before = await done(steps.transports("bob", 1));
  await done(steps.consume("bob", producer_id));
  const after = await done(steps.transports("bob", 2));
  await done(steps.consume("bob", producer_id));
  const ready = {
    step: "consumer.set" as const,
    router_id,
    participant_id: "bob",
    producer_id,
    paused: false,
  };
  await done(ready);
  assertEquals(await lives("bob", before.recv.id), true);
  await connected(handler, after.recv.id);
  await until(async () => !await lives("bob", before.recv.id) || undefined);
});

test("a consumer that is closed before it was forwarded holds nothing up", async ({ handler, meeting, lives }) => {
  const { steps, done, router_id } = meeting;
  const { send } = await done(steps.transports("ada"));
  const sound = await done(steps.audio("ada", send.id));
  const picture = await done(steps.video("ada", send.id));
  const before = await done(steps.transports("bob", 1));
  await done(steps.consume("bob", sound.producer_id));
  const after = await done(steps.transports("bob", 2));
  const of = { router_id, participant_id: "bob" };
  await done({ ...steps.consume("bob", sound.producer_id), paused: false });
  await done(steps.consume("bob", picture.producer_id));
  await connected(handler, after.recv.id);
  await done({ step: "consumer.set", ...of, producer_id: sound.producer_id });
  assertEquals(await lives("bob", before.recv.id), true);
  await done({ step: "consumer.close", ...of, producer_id: picture.producer_id });
  assertEquals(await lives("bob", before.recv.id), false);
});

test("what carries outlives the transports that never came to carry, however often others come", async (house) => {
  const { handler, meeting: { steps, done, router_id }, reports, lives } = house;
  const before = await done(steps.transports("ada", 1));
  const old = await done(steps.audio("ada", before.send.id));
  const bob = await done(steps.transports("bob"));
  const { producer_id } = await done(steps.audio("bob", bob.send.id));
  await done(steps.consume("ada", producer_id));
  const unused = [];
  for (const epoch of [2, 3, 4]) {
    const { send, recv } = await done(steps.transports("ada", epoch));
    const made = await done(steps.audio("ada", send.id));
    await done(steps.consume("ada", producer_id));
    unused.push({ ...made, send, recv });
  }
  const [second, third, last] = unused;
  assert(second && third && last);
  const living = [before, second, third, last].map(({ send, recv }) =>
    Promise.all([lives("ada", send.id), lives("ada", recv.id)])
  );
  assertEquals(await Promise.all(living), [[true, true], [false, false], [false, false], [true, true]]);
  const ended = (producer_id: string) => ({ report: "producer.ended", router_id, producer_id });
  assertEquals<unknown>(
    await reports.first("producer.ended", 2),
    [ended(second.producer_id), ended(third.producer_id)],
  );
  const { producers } = await liveObjects(handler);
  const fresh = producers.find(({ id }) => id === last.producer_id);
  fresh?.emit("trace", { type: "rtp", timestamp: 0, direction: "in", info: {} });
  assertEquals<unknown>((await reports.first("producer.ended", 3))[2], ended(old.producer_id));
  assertEquals([await lives("ada", before.send.id), await lives("ada", before.recv.id)], [false, true]);
});

test("a third pair leaves each direction to the transport that carries it", async ({ meeting, lives }) => {
  const { steps, done } = meeting;
  const bob = await done(steps.transports("bob"));
  const { producer_id } = await done(steps.audio("bob", bob.send.id));
  const first = await done(steps.transports("ada", 1));
  await done(steps.consume("ada", producer_id));
  await done(steps.audio("ada", first.send.id));
  const second = await done(steps.transports("ada", 2));
  await done({ ...steps.audio("ada", second.send.id), paused: true });
  const third = await done(steps.transports("ada", 3));
  const living = [first, second, third].map(({ send, recv }) =>
    Promise.all([lives("ada", send.id), lives("ada", recv.id)])
  );
  assertEquals(await Promise.all(living), [[false, true], [true, false], [true, true]]);
});
