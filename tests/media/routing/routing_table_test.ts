import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, type HandlerOptions, startHandler } from "../fixtures/handler.ts";
import { codesOf, openMeeting, stepsOn } from "../fixtures/open_meeting.ts";
import { until } from "../fixtures/until.ts";

function test(name: string, body: (handler: Handler) => Promise<void>, options: HandlerOptions = {}): void {
  Deno.test(`routing table › ${name}`, async () => {
    await using handler = await startHandler(options);
    await body(handler);
  });
}

const codeOf = (outcome: { ok: true } | { ok: false; error: { code: string } }) =>
  outcome.ok ? "ok" : outcome.error.code;

const meetings = async (handler: Handler) => valueOf(await handler.table.ask("status", undefined)).meetings;

const at = (generation: number, meeting_id = "m") => ({ meeting_id, generation });

test("a link that opens at a higher generation makes the other one's messages stale", async (handler) => {
  const old = handler.connect("old");
  const young = handler.connect("young");
  const meeting = await openMeeting(old.control);
  const ada = await meeting.done(meeting.steps.transports("ada"));
  const { routers } = valueOf(await young.control.ask("open", at(2)));
  assertEquals(routers.map(({ router_id }) => router_id), [meeting.router_id]);
  assertEquals(routers[0]?.participants.map(({ send_transport_id }) => send_transport_id), [ada.send.id]);
  const refused = [
    await old.control.ask("open", at(1)),
    await old.control.ask("apply", { ...at(1), batch: 1, steps: [] }),
    await old.control.ask("inventory", at(1)),
    await old.control.ask("close", at(1)),
  ];
  assertEquals(refused.map(codeOf), Array(4).fill("stale_generation"));
  assertEquals(codeOf(await young.control.ask("close", at(2))), "ok");
  assertEquals(codeOf(await old.control.ask("open", at(1))), "stale_generation");
  assertEquals(codeOf(await young.control.ask("open", at(2))), "ok");
});

test("a meeting that another link opened is not found", async (handler) => {
  const owner = await openMeeting(handler.connect("owner").control);
  const { control } = handler.connect("other");
  const refused = [
    await control.ask("apply", { ...at(2), batch: 1, steps: [] }),
    await control.ask("inventory", at(2)),
    await control.ask("close", at(2)),
    await control.ask("apply", { ...at(1, "nowhere"), batch: 1, steps: [] }),
  ];
  assertEquals(refused.map(codeOf), Array(4).fill("not_found"));
  // The refused requests have not raised the generation.
  assertEquals(await owner.codeOf(owner.steps.transports("ada")), "ok");
});

test("reports go to the link that opened last", async (handler) => {
  const old = handler.connect("old");
  const young = handler.connect("young");
  const meeting = await openMeeting(old.control);
  const { send } = await meeting.done(meeting.steps.transports("ada"));
  await openMeeting(young.control, "m", 2);
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  live?.transports.find(({ id }) => id === send.id)?.emit("icestatechange", "connected");
  const [path] = await young.reports.first("transport.path", 1);
  assertEquals([path?.transport_id, path?.ice], [send.id, "connected"]);
  assertEquals(old.reports.all, []);
});

test("an open that is refused leaves the meeting to its link", async (handler) => {
  const owner = handler.connect("owner");
  const meeting = await openMeeting(owner.control, "m", 5);
  assertEquals(codeOf(await handler.connect("late").control.ask("open", at(4))), "stale_generation");
  handler.table.tell("linkDown", { link: "late" });
  assertEquals(codeOf(await owner.control.ask("inventory", meeting.fence)), "ok");
  assertEquals(await meeting.codeOf(meeting.steps.transports("ada")), "ok");
});

test("a meeting outlives its link, and another link adopts it", async (handler) => {
  const { control } = handler.connect("one");
  const kept = await openMeeting(control);
  await kept.done(kept.steps.transports("ada"));
  handler.table.tell("linkDown", { link: "one" });
  assertEquals(codeOf(await control.ask("inventory", kept.fence)), "not_found");
  assertEquals(codeOf(await control.ask("open", kept.fence)), "unavailable");
  const next = await openMeeting(handler.connect("two").control);
  assertEquals((await next.participants()).map(({ participant_id }) => participant_id), ["ada"]);
});

test("a meeting without a link is closed after a while", async (handler) => {
  const kept = await openMeeting(handler.connect("two").control, "kept");
  await openMeeting(handler.connect("one").control, "dropped");
  handler.table.tell("linkDown", { link: "one" });
  await until(async () => await meetings(handler) === 1 || undefined);
  assertEquals(await kept.participants(), []);
}, { orphanMs: 20 });

test("outcomes come in the order of the steps, whichever router takes them", async (handler) => {
  const { done, steps, apply } = await openMeeting(handler.connect("one").control);
  const { router_id, rtp_capabilities } = await done({ step: "router.open" });
  assert(rtp_capabilities.codecs);
  const other = stepsOn(router_id);
  const outcomes = await apply(
    other.transports("cleo"),
    steps.transports("ada"),
    stepsOn("nowhere").transports("dan"),
    other.consume("cleo", "nobody"),
    { step: "router.open" },
    steps.transports("bob"),
  );
  assertEquals(codesOf(outcomes), ["ok", "ok", "not_found", "not_found", "full", "ok"]);
  const ports = outcomes.map((one) =>
    one.ok && one.step === "transports.open" ? one.send.iceCandidates[0]?.port : undefined
  );
  const { firstPort } = handler;
  assertEquals(ports, [firstPort + 1, firstPort, undefined, undefined, undefined, firstPort]);
}, { workers: 2 });

test("a step that is refused leaves the others of its batch", async (handler) => {
  const { steps, apply, done, participants } = await openMeeting(handler.connect("one").control);
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  const outcomes = await apply(
    steps.transports("bob"),
    steps.consume("bob", "nobody"),
    steps.consume("bob", producer_id),
    steps.consume("eve", producer_id),
    { ...steps.consume("bob", producer_id), step: "consumer.set", paused: false },
  );
  assertEquals(codesOf(outcomes), ["ok", "not_found", "ok", "not_found", "ok"]);
  const [, bob] = await participants();
  assertEquals(bob?.consumers.map((one) => [one.producer_id, one.paused]), [[producer_id, false]]);
});

test("what was sent to a consumer is counted, and one that is gone is left out", async (handler) => {
  const { control } = handler.connect("one");
  const { fence, steps, done } = await openMeeting(control);
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.audio("ada", send.id));
  await done(steps.transports("bob"));
  const { consumer_id } = await done(steps.consume("bob", producer_id));
  const { sent } = valueOf(await control.ask("sent", { ...fence, consumer_ids: [consumer_id, "gone"] }));
  assertEquals(sent, [{ consumer_id, packets: 0 }]);
});

test("an inventory shows what was applied, and the number of the batch", async (handler) => {
  const { control } = handler.connect("one");
  const { fence, steps, router_id, inventory } = await openMeeting(control);
  const batch = async (number: number | null, participant_id: string, epoch: number) => {
    const list = [steps.transports(participant_id, epoch)];
    return valueOf(await control.ask("apply", { ...fence, batch: number, steps: list })).outcomes;
  };
  assertEquals(await inventory(), { batch: 0, routers: [{ router_id, participants: [], pipes: [] }] });
  const [ada] = await batch(7, "ada", 3);
  assert(ada?.ok && ada.step === "transports.open");
  const expected = {
    participant_id: "ada",
    epoch: 3,
    send_transport_id: ada.send.id,
    recv_transport_id: ada.recv.id,
    state: "new" as const,
    producers: [],
    consumers: [],
  };
  assertEquals(await inventory(), {
    batch: 7,
    routers: [{ router_id, participants: [expected], pipes: [] }],
  });
  await batch(null, "bob", 1);
  // An inventory that is asked for right after a batch shows that batch.
  const applied = batch(8, "cleo", 1);
  const seen = await inventory();
  await applied;
  assertEquals(seen.batch, 8);
  assertEquals(seen.routers[0]?.participants.map(({ participant_id }) => participant_id), [
    "ada",
    "bob",
    "cleo",
  ]);
  assertEquals(valueOf(await control.ask("open", at(1))).batch, 8);
  assertEquals(valueOf(await control.ask("open", at(2))).batch, 0);
});

test("further routers go to the least loaded workers that have none of the meeting", async (handler) => {
  const { control } = handler.connect("one");
  const crowd = await openMeeting(control, "crowd");
  await crowd.done(crowd.steps.transports("ada"));
  const meeting = await openMeeting(control, "m");
  const { router_id } = await meeting.done({ step: "router.open" });
  const portOf = async (router: string) => {
    const { send } = await meeting.done(stepsOn(router).transports("bob"));
    return send.iceCandidates[0]?.port;
  };
  // The crowd is on the first worker, so the meeting began on the second and went on to the third.
  assertEquals(await portOf(meeting.router_id), handler.firstPort + 1);
  assertEquals(await portOf(router_id), handler.firstPort + 2);
  assertEquals(await meeting.codeOf({ step: "router.open" }), "ok");
  assertEquals(await meeting.codeOf({ step: "router.open" }), "full");
  const { routers } = await meeting.inventory();
  assertEquals(new Set(routers.map((router) => router.router_id)).size, 3);
  assertNotEquals(routers[0]?.router_id, router_id);
}, { workers: 3 });

test("a closed meeting leaves nothing but its generation", async (handler) => {
  const { control } = handler.connect("one");
  const { fence, steps, done } = await openMeeting(control);
  await done(steps.transports("ada"));
  assertEquals(codeOf(await control.ask("close", fence)), "ok");
  assertEquals(codeOf(await control.ask("close", fence)), "not_found");
  const { load } = valueOf(await handler.table.ask("status", undefined));
  assertEquals(load.transports, 0);
  assertEquals(
    handler.scope.describe().flatMap(({ children }) => children).map(({ type }) => type),
    [],
  );
  assertEquals(codeOf(await control.ask("open", at(0))), "stale_generation");
});
