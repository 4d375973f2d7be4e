import { assertEquals, assertNotEquals } from "@std/assert";
import { takeSteps } from "../../../../media/routing/steps/take_steps.ts";
import { valueOf } from "../../../../shared/actor/mod.ts";
import { openRouter } from "../../fixtures/direct_router.ts";
import { type Handler, type HandlerOptions, startHandler } from "../../fixtures/handler.ts";
import { codesOf, type OpenMeeting, openMeeting, stepsOn } from "../../fixtures/open_meeting.ts";
import { dtlsParameters } from "../../fixtures/rtp.ts";
import { aStepSite } from "../../fixtures/step_site.ts";
import { until } from "../../fixtures/until.ts";

interface House {
  readonly handler: Handler;
  readonly meeting: OpenMeeting;
}

function test(name: string, body: (house: House) => Promise<void>, options: HandlerOptions = {}): void {
  Deno.test(`transport steps › ${name}`, async () => {
    await using handler = await startHandler(options);
    await body({ handler, meeting: await openMeeting(handler.connect("one").control) });
  });
}

const transportsBecome = (handler: Handler, count: number) =>
  until(async () =>
    valueOf(await handler.table.ask("status", undefined)).load.transports === count || undefined
  );

test("one epoch has one pair, however often it is opened", async ({ handler, meeting }) => {
  const { steps, apply, done } = meeting;
  const [once, again] = await apply(steps.transports("ada"), steps.transports("ada"));
  assertEquals(once, again);
  assertEquals(await done(steps.transports("ada")), once);
  const first = await done(steps.transports("ada"));
  assertNotEquals(first.send.id, first.recv.id);
  assertEquals(
    first.send.iceCandidates.map(({ address, port, protocol }) => [address, port, protocol]),
    [["127.0.0.1", handler.firstPort, "udp"], ["127.0.0.1", handler.firstPort, "tcp"]],
  );
  await transportsBecome(handler, 2);
});

test("a pair that a client has connected, and that is not connected, is no client's to go on with", async ({ meeting }) => {
  const { steps, done, router_id, inventory } = meeting;
  const { state, send } = await done(steps.transports("ada"));
  assertEquals(state, "new");
  await done({
    step: "transport.connect",
    router_id,
    participant_id: "ada",
    transport_id: send.id,
    dtls_parameters: dtlsParameters,
  });
  assertEquals((await done(steps.transports("ada"))).state, "lost");
  assertEquals((await inventory()).routers[0]?.participants.map((one) => one.state), ["lost"]);
});

test("a lower epoch is rejected", async ({ meeting: { steps, done, codeOf } }) => {
  await done(steps.transports("ada", 2));
  assertEquals(await codeOf(steps.transports("ada", 1)), "rejected");
});

test("replaced pairs end by themselves after a while", async ({ handler, meeting: { steps, done } }) => {
  for (const epoch of [1, 2, 3]) {
    const { send } = await done(steps.transports("ada", epoch));
    await done({ ...steps.audio("ada", send.id), paused: epoch === 2 });
  }
  await transportsBecome(handler, 2);
}, { previousTransportsMs: 20 });

test("connecting again with equal parameters is fine, and with others is rejected", async ({ meeting }) => {
  const { steps, done, codeOf, router_id } = meeting;
  const { send } = await done(steps.transports("ada"));
  const connect = {
    step: "transport.connect" as const,
    router_id,
    participant_id: "ada",
    transport_id: send.id,
    dtls_parameters: dtlsParameters,
  };
  assertEquals(await codeOf(connect), "ok");
  assertEquals(await codeOf(connect), "ok");
  const server = { ...dtlsParameters, role: "server" as const };
  assertEquals(await codeOf({ ...connect, dtls_parameters: server }), "rejected");
  assertEquals(await codeOf({ ...connect, participant_id: "bob" }), "not_found");
  assertEquals(await codeOf({ ...connect, transport_id: "nowhere" }), "not_found");
});

test("an ICE restart gives new ICE parameters", async ({ meeting: { steps, done, codeOf, router_id } }) => {
  const { send } = await done(steps.transports("ada"));
  const restart = { step: "transport.restart_ice" as const, router_id, participant_id: "ada" };
  const { ice_parameters } = await done({ ...restart, transport_id: send.id });
  assertNotEquals(ice_parameters.usernameFragment, send.iceParameters.usernameFragment);
  assertEquals((await done(steps.transports("ada"))).send.iceParameters, ice_parameters);
  assertEquals(await codeOf({ ...restart, participant_id: "bob", transport_id: send.id }), "not_found");
});

test("a closed participant leaves nothing, and closing again is fine", async ({ handler, meeting }) => {
  const { steps, done, codeOf, router_id, participants } = meeting;
  const ada = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  const { producer_id } = await done(steps.video("ada", ada.send.id));
  await done(steps.consume("bob", producer_id));
  const close = { step: "participant.close" as const, router_id, participant_id: "ada" };
  assertEquals([await codeOf(close), await codeOf(close)], ["ok", "ok"]);
  assertEquals((await participants()).map(({ participant_id, consumers }) => [participant_id, consumers]), [
    ["bob", []],
  ]);
  await transportsBecome(handler, 2);
  const { load } = valueOf(await handler.table.ask("status", undefined));
  assertEquals(load, {
    transports: 2,
    producers: { audio: 0, video: 0 },
    consumers: { audio: 0, video: 0 },
  });
});

test("a handler at its limit gives fresh transports to whoever is there", async ({ handler, meeting }) => {
  const { steps, codeOf } = meeting;
  assertEquals(await codeOf(steps.transports("ada")), "ok");
  assertEquals(await codeOf(steps.transports("bob")), "ok");
  await transportsBecome(handler, 4);
  assertEquals(await codeOf(steps.transports("ada", 2)), "ok");
  assertEquals(await codeOf(steps.transports("ada", 3)), "ok");
  await transportsBecome(handler, 6);
  assertEquals(await codeOf(steps.transports("cleo")), "full");
}, { maxTransports: 4 });

test("the handler takes no more transports than its limit", async ({ handler, meeting }) => {
  const { steps, apply, codeOf } = meeting;
  const outcomes = await apply(steps.transports("ada"), steps.transports("bob"), steps.transports("cleo"));
  assertEquals(outcomes.map((one) => one.ok ? "ok" : one.code), ["ok", "ok", "full"]);
  await transportsBecome(handler, 4);
  assertEquals(await codeOf(steps.transports("dan")), "full");
  assertEquals(await codeOf(steps.transports("ada")), "ok");
  assertEquals(await codeOf({ step: "router.open" }), "full");
}, { maxTransports: 5, workers: 2 });

test(
  "batches of several meetings at once take no more than the handler's limit",
  async ({ handler, meeting }) => {
    const other = await openMeeting(handler.connect("two").control, "other");
    const taken = await Promise.all(
      [meeting, other].map(({ steps, apply }) =>
        apply(...["ada", "bob", "cleo"].map((id) => steps.transports(id)))
      ),
    );
    assertEquals(taken.flatMap(codesOf).toSorted(), ["full", "full", "ok", "ok", "ok", "ok"]);
    await transportsBecome(handler, 8);
    // What was granted to steps that were refused is there for others.
    const gone = { step: "participant.close" as const, router_id: meeting.router_id, participant_id: "ada" };
    await meeting.done(gone);
    await transportsBecome(handler, 6);
    assertEquals(await meeting.codeOf(meeting.steps.transports("dan")), "ok");
  },
  { maxTransports: 8, workers: 2 },
);

test("one batch takes no more than a router's limit", async ({ handler, meeting: { steps, apply } }) => {
  const batch = ["ada", "bob", "cleo", "dan"].map((id) => steps.transports(id));
  assertEquals(codesOf(await apply(...batch)), ["ok", "ok", "full", "full"]);
  await transportsBecome(handler, 4);
}, { maxRouterTransports: 4 });

Deno.test("transport steps › transports that could not be opened leave their room to others", async () => {
  await using opened = await openRouter();
  const { worker, router } = opened;
  const open = () => worker.createWebRtcServer({ listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }] });
  const gone = await open();
  gone.close();
  const site = aStepSite({ router, webRtcServer: gone }, { maxTransports: 2 });
  const steps = [stepsOn("router").transports("ada")];
  assertEquals(codesOf(await takeSteps(site, steps)), ["rejected"]);
  const working = { ...site, place: { router, webRtcServer: await open() } };
  assertEquals(codesOf(await takeSteps(working, steps)), ["ok"]);
});
