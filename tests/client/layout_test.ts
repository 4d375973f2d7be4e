import { assertEquals } from "@std/assert";
import type { Clock } from "../../shared/actor/mod.ts";
import type { MeetingSession } from "../../shared/client/session.ts";
import type { Layout, RequestFrame } from "../../shared/protocol/signaling.ts";
import { errorFrame } from "../../shared/protocol/signaling.ts";
import { manualClock } from "../manual_clock.ts";
import { inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { joinAnswer } from "./samples.ts";
import { answerFrame, notificationFrame, type Peer, startSignalingServer } from "./signaling_server.ts";

const four: Layout = { mode: "grid", slots: 4 };
const two: Layout = { mode: "grid", slots: 2 };

function layoutIn(request: RequestFrame): unknown {
  return request.type === "join" ? request.data.layout : undefined;
}

/** Somebody who has joined, and the server's end of their connection. */
async function joined(server: ReturnType<typeof startSignalingServer>, clock: Clock) {
  const session = join(server.url, { clock });
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  return { session, peer };
}

/** The server is asked for this layout next. Answers the request's id. */
async function isAskedFor(peer: Peer, layout: Layout): Promise<number> {
  const { id, type, data } = await peer.next();
  assertEquals<unknown>([type, data], ["layout.set", layout]);
  return id;
}

/** Confirms a layout, and resolves once the client knows that. */
async function confirm(session: MeetingSession, peer: Peer, id: number): Promise<void> {
  const assignments = [{
    slot: 0,
    participant_id: "bob",
    source: "camera" as const,
    consumer_id: `shown-${id}`,
  }];
  peer.socket.send(answerFrame<"layout.set">(id, { assignments }));
  await until(
    session,
    ({ assignments }) => assignments.some(({ consumer_id }) => consumer_id === `shown-${id}`),
  );
}

/** The server was asked for no other layout meanwhile. */
async function isAskedForNoMore(session: MeetingSession, peer: Peer): Promise<void> {
  session.sendReaction("👍");
  const { id, type } = await peer.next();
  assertEquals(type, "reaction.send");
  peer.socket.send(answerFrame<"reaction.send">(id, {}));
}

Deno.test("layout › the one that was set last is the one that a resume carries, and is not told again", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first);
  await until(session, inPhase("joined"));
  session.setLayout(four);
  await isAskedFor(first, four);
  first.socket.close();
  const second = await server.accept();
  assertEquals(layoutIn(await letIn(second, { resumed: true })), four);
  await until(session, inPhase("joined"));
  await isAskedForNoMore(session, second);
  await leave(session, second);
});

Deno.test("layout › one that is set while a resume with another one is under way is told after it", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first);
  await until(session, inPhase("joined"));
  first.socket.close();
  const second = await server.accept();
  const request = await second.next();
  assertEquals(layoutIn(request), { mode: "grid", slots: 9 });
  session.setLayout(four);
  second.socket.send(answerFrame<"join">(request.id, joinAnswer({ resumed: true })));
  await confirm(session, second, await isAskedFor(second, four));
  await leave(session, second);
});

Deno.test("layout › one that is set while another one is being told is told next", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  session.setLayout(four);
  session.setLayout(two);
  await confirm(session, peer, await isAskedFor(peer, four));
  await confirm(session, peer, await isAskedFor(peer, two));
  await leave(session, peer);
});

for (const code of ["OVERLOADED", "RATE_LIMITED"] as const) {
  Deno.test(`layout › one that was refused with ${code} is told again after a pause, a longer one each time`, async () => {
    await using server = startSignalingServer();
    const clock = manualClock();
    const { session, peer } = await joined(server, clock);
    session.setLayout(four);
    for (const pauseMs of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
      peer.socket.send(errorFrame(await isAskedFor(peer, four), { code, message: "Not now." }));
      await clock.until(pauseMs);
      clock.advance(pauseMs);
    }
    await confirm(session, peer, await isAskedFor(peer, four));
    clock.advance(8_000);
    await isAskedForNoMore(session, peer);
    await leave(session, peer);
  });
}

Deno.test("layout › one that was not answered in time is told again", async () => {
  await using server = startSignalingServer();
  const clock = manualClock();
  const { session, peer } = await joined(server, clock);
  session.setLayout(four);
  await isAskedFor(peer, four);
  clock.advance(10_000);
  await clock.until(500);
  clock.advance(500);
  await confirm(session, peer, await isAskedFor(peer, four));
  await leave(session, peer);
});

Deno.test("layout › one that was refused for good is not told again", async () => {
  await using server = startSignalingServer();
  const clock = manualClock();
  const { session, peer } = await joined(server, clock);
  session.setLayout(four);
  peer.socket.send(errorFrame(await isAskedFor(peer, four), { code: "INVALID_REQUEST", message: "No." }));
  peer.socket.send(notificationFrame("speaker.active", { participant_id: "me" }));
  await until(session, ({ activeSpeaker }) => activeSpeaker === "me");
  clock.advance(8_000);
  await isAskedForNoMore(session, peer);
  session.setLayout(two);
  await confirm(session, peer, await isAskedFor(peer, two));
  await leave(session, peer);
});
