import { assert, assertEquals } from "@std/assert";
import { startHandler } from "../../fixtures/handler.ts";
import { type OpenMeeting, openMeeting, stepsOn } from "../../fixtures/open_meeting.ts";

/** Two routers of a meeting on two SFU workers: Ada's, who sends, and Bob's. */
interface Routers {
  readonly meeting: OpenMeeting;
  readonly hers: string;
  readonly his: string;
  /** Ada's camera. */
  readonly producer_id: string;
}

function test(name: string, body: (routers: Routers) => Promise<void>): void {
  Deno.test(`pipe steps › ${name}`, async () => {
    await using handler = await startHandler({ workers: 2 });
    const meeting = await openMeeting(handler.connect("one").control);
    const { done, steps, router_id: hers } = meeting;
    const { router_id: his } = await done({ step: "router.open" });
    const { send } = await done(steps.transports("ada"));
    const { producer_id } = await done(steps.video("ada", send.id));
    await done(stepsOn(his).transports("bob"));
    await body({ meeting, hers, his, producer_id });
  });
}

/** Connects the two ends, and sends Ada's camera through. */
async function pipe({ meeting: { done }, hers, his, producer_id }: Routers, is_encrypted = true) {
  const from = { router_id: hers, peer_router_id: his };
  const to = { router_id: his, peer_router_id: hers };
  const [there, here] = [
    await done({ step: "pipe.open", ...from, is_encrypted }),
    await done({ step: "pipe.open", ...to, is_encrypted }),
  ];
  const { ok: _, step: _step, ...end } = there;
  const { ok: _ok, step: _name, ...other } = here;
  await done({ step: "pipe.connect", ...from, ...other });
  await done({ step: "pipe.connect", ...to, ...end });
  const { rtp_parameters } = await done({ step: "pipe.send", ...from, producer_id, paused: true });
  const received = { participant_id: "ada", source: "camera", kind: "video", rtp_parameters } as const;
  await done({ step: "pipe.receive", ...to, producer_id, ...received });
  return { from, to, end, other, received };
}

test("a producer has the same id beyond the pipe, and is consumed there", async (routers) => {
  const { meeting: { done, inventory }, his, producer_id } = routers;
  const { from, to, end, other } = await pipe(routers);
  const { rtp_parameters } = await done(stepsOn(his).consume("bob", producer_id));
  assertEquals(rtp_parameters.codecs[0]?.mimeType, "video/VP8");
  const [first, second] = (await inventory()).routers;
  assertEquals(first?.pipes, [{
    peer_router_id: from.peer_router_id,
    is_connected: true,
    address: end,
    connected_to: other,
    sent: [{ producer_id, paused: true }],
    received: [],
  }]);
  assertEquals(second?.pipes, [{
    peer_router_id: to.peer_router_id,
    is_connected: true,
    address: other,
    connected_to: end,
    sent: [],
    received: [{ producer_id, paused: false }],
  }]);
  assertEquals(second?.participants[0]?.consumers[0]?.producer_id, producer_id);
});

test("a producer is paused beyond the pipe by a step of its own, and its consumers there know it", async (routers) => {
  const { meeting: { done, inventory }, hers, his, producer_id } = routers;
  const { to, received } = await pipe(routers);
  await done(stepsOn(his).consume("bob", producer_id));
  const isPaused = async () => {
    const { routers: [first, second] } = await inventory();
    return [first?.participants[0]?.producers[0]?.paused, second?.pipes[0]?.received[0]?.paused];
  };
  await done({ step: "producer.pause", router_id: his, producer_id, paused: true });
  assertEquals(await isPaused(), [false, true]);
  await done({ step: "pipe.receive", ...to, producer_id, ...received });
  assertEquals(await isPaused(), [false, false]);
  await done({ step: "producer.pause", router_id: hers, producer_id, paused: true });
  await done({ step: "pipe.receive", ...to, producer_id, ...received, paused: true });
  assertEquals(await isPaused(), [true, true]);
});

test("each step taken twice is answered alike, and opens nothing twice", async (routers) => {
  const { meeting: { done, apply, inventory }, producer_id } = routers;
  const { from, to, end, other, received } = await pipe(routers, false);
  assertEquals(end.srtp_parameters, undefined);
  const { ok: _, step: _step, ...again } = await done({ step: "pipe.open", ...from, is_encrypted: false });
  assertEquals(again, end);
  const outcomes = await apply(
    { step: "pipe.connect", ...from, ...other },
    { step: "pipe.send", ...from, producer_id, paused: false },
    { step: "pipe.receive", ...to, producer_id, ...received },
  );
  assert(outcomes.every(({ ok }) => ok), JSON.stringify(outcomes));
  const [first, second] = (await inventory()).routers;
  assertEquals(first?.pipes[0]?.sent, [{ producer_id, paused: false }]);
  assertEquals(second?.pipes[0]?.received.length, 1);
});

test("a producer's end at home ends its way through the pipe; the receiving end is ended by its own step", async (routers) => {
  const { meeting: { done, inventory }, hers, his, producer_id } = routers;
  const { to } = await pipe(routers);
  await done(stepsOn(his).consume("bob", producer_id));
  await done({ step: "producer.close", router_id: hers, producer_id });
  const [first] = (await inventory()).routers;
  assertEquals(first?.pipes[0]?.sent, []);
  await done({ step: "pipe.end", ...to, producer_id });
  const [, second] = (await inventory()).routers;
  assertEquals([second?.pipes[0]?.received, second?.participants[0]?.consumers], [[], []]);
});

test("a pipe that is closed takes along what it brought, and can be opened anew", async (routers) => {
  const { meeting: { done, inventory }, his, producer_id } = routers;
  const { from, to } = await pipe(routers);
  await done(stepsOn(his).consume("bob", producer_id));
  await done({ step: "pipe.close", ...to });
  await done({ step: "pipe.close", ...from });
  const { routers: [first, second] } = await inventory();
  assertEquals([first?.pipes, second?.pipes, second?.participants[0]?.consumers], [[], [], []]);
  await pipe(routers);
  await done(stepsOn(his).consume("bob", producer_id));
});

test("what comes through a pipe is not sent through another, and an unknown pipe is refused", async (routers) => {
  const { meeting: { codeOf }, hers, his, producer_id } = routers;
  const { to, other } = await pipe(routers);
  assertEquals(await codeOf({ step: "pipe.send", ...to, producer_id, paused: false }), "not_found");
  const nowhere = { router_id: hers, peer_router_id: "nowhere" };
  assertEquals(await codeOf({ step: "pipe.send", ...nowhere, producer_id, paused: false }), "not_found");
  assertEquals(await codeOf({ step: "pipe.connect", ...nowhere, ...other }), "not_found");
  assertEquals(
    await codeOf({ step: "pipe.connect", router_id: his, peer_router_id: hers, ...other, port: 1 }),
    "rejected",
  );
});
