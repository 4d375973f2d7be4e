import { assert, assertEquals } from "@std/assert";
import type { ApiResult } from "../../shared/client/http.ts";
import type { SessionState } from "../../shared/client/session_state.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import { errorFrame, joinRequest } from "../../shared/protocol/signaling.ts";
import { manualClock } from "../manual_clock.ts";
import { joinAnswer, person, ticketTo } from "./samples.ts";
import { gone, inPhase, join, leave, letIn, passWindow, until } from "./joined_session.ts";
import { answerFrame, notificationFrame, startSignalingServer } from "./signaling_server.ts";

Deno.test("session › the first frame is the join with the layout; the answer fills the state", async () => {
  await using server = startSignalingServer();
  const session = join(server.url, { displayName: "Ada" });
  const peer = await server.accept();
  const request = await letIn(peer, { participants: [person("me"), person("other")] });
  const { attempt_id, ...data } = joinRequest.parse(request.data);
  assertEquals([request.type, data], ["join", { display_name: "Ada", layout: { mode: "grid", slots: 9 } }]);
  assert(attempt_id !== undefined);
  const state = await until(session, inPhase("joined"));
  assertEquals(state.participants.map(({ participant_id }) => participant_id), ["me", "other"]);
  assertEquals([state.selfId, state.meeting?.display_name], ["me", "Weekly"]);
  await leave(session, peer);
  assertEquals(session.state.get().ending?.reason, "left");
});

Deno.test("session › a lost connection is resumed at the same place with the newest binding token", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first);
  await until(session, inPhase("joined"));
  first.socket.send(notificationFrame("session.bound", {
    binding_token: "binding-token-number-2",
    token: "token-2",
    expires_in: 900,
  }));
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  const request = await letIn(second, { resumed: true, binding_token: "binding-token-number-3" });
  assertEquals(second.token, "token-2");
  assertEquals<unknown>(request.type === "join" && request.data.resume, {
    correlation_id: "correlation-1",
    binding_token: "binding-token-number-2",
  });
  await until(session, inPhase("joined"));
  await leave(session, second);
});

Deno.test("session › a place that doesn't answer is reported, and the meeting is found where it now is", async () => {
  await using newPlace = startSignalingServer();
  const oldPlace = startSignalingServer();
  const reported = Promise.withResolvers<[string, string]>();
  const clock = manualClock();
  const session = join(oldPlace.url, {
    clock,
    api: {
      renewTicket: () => Promise.resolve(gone),
      reportUnreachable(code, token) {
        reported.resolve([code, token]);
        return Promise.resolve({ ok: true, value: ticketTo(newPlace.url, "token-new") });
      },
    },
  });
  const first = await oldPlace.accept();
  await letIn(first);
  await until(session, inPhase("joined"));
  // The listener goes first, so that the client finds nobody when it comes back at once.
  await oldPlace[Symbol.asyncDispose]();
  await until(session, inPhase("reconnecting"));
  await clock.until(300);
  clock.advance(300);
  assertEquals(await reported.promise, ["abc-def", "token-1"]);
  const second = await newPlace.accept();
  const request = await letIn(second, { resumed: true });
  assertEquals(second.token, "token-new");
  assertEquals(request.type === "join" && request.data.resume?.correlation_id, "correlation-1");
  await until(session, inPhase("joined"));
  session.leave();
  clock.advance(500);
  await second.closed;
});

Deno.test("session › a refused token is replaced by a fresh ticket", async () => {
  await using server = startSignalingServer();
  const session = join(server.url, {
    api: {
      renewTicket: (_code, token) =>
        Promise.resolve({ ok: true, value: ticketTo(server.url, `${token}-renewed`) }),
      reportUnreachable: () => Promise.resolve(gone),
    },
  });
  const first = await server.accept();
  first.socket.close(4401, "expired");
  const second = await server.accept();
  assertEquals(second.token, "token-1-renewed");
  await letIn(second);
  await until(session, inPhase("joined"));
  await leave(session, second);
});

Deno.test("session › when nothing helps for 30 s it ends as lost", async () => {
  const server = startSignalingServer();
  const clock = manualClock();
  const session = join(server.url, { clock });
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  await server[Symbol.asyncDispose]();
  await until(session, inPhase("reconnecting"));
  await passWindow(clock);
  const state = await until(session, inPhase("ended"));
  assertEquals([state.ending?.reason, clock.now()], ["lost", 30_000]);
});

Deno.test("session › a machine that slept while it was brought back is brought back as after a loss of now", async () => {
  await using newPlace = startSignalingServer();
  const oldPlace = startSignalingServer();
  const clock = manualClock();
  // The network is not there yet as the machine wakes.
  const answers: ApiResult<Ticket>[] = [gone, gone, { ok: true, value: ticketTo(newPlace.url) }];
  const session = join(oldPlace.url, {
    clock,
    api: {
      renewTicket: () => Promise.resolve(gone),
      reportUnreachable: () => Promise.resolve(answers.shift() ?? gone),
    },
  });
  await letIn(await oldPlace.accept());
  await until(session, inPhase("joined"));
  await oldPlace[Symbol.asyncDispose]();
  await until(session, inPhase("reconnecting"));
  await clock.until(300);
  clock.advance(600_000);
  for (const pauseMs of [300, 900]) {
    await clock.until(pauseMs);
    clock.advance(pauseMs);
  }
  const peer = await newPlace.accept();
  await letIn(peer, { resumed: true });
  await until(session, inPhase("joined"));
  await leave(session, peer);
});

for (
  const [code, state, reason] of [
    [4403, "waiting", "denied"],
    [4403, "joined", "removed"],
    [4409, "joined", "replaced"],
    [4410, "joined", "ended"],
  ] as const
) {
  Deno.test(`session › ${code} while ${state} ends it as ${reason}, for good`, async () => {
    await using server = startSignalingServer();
    const session = join(server.url);
    const peer = await server.accept();
    await letIn(peer, { state });
    await until(session, inPhase(state));
    peer.socket.close(code);
    const last = await until(session, inPhase("ended"));
    assertEquals(last.ending?.reason, reason);
    assertEquals(server.connections(), 1);
  });
}

for (
  const [code, reason] of [["MEETING_FULL", "full"], ["MEETING_LOCKED", "locked"], [
    "FORBIDDEN",
    "not_allowed",
  ], ["RATE_LIMITED", "failed"]] as const
) {
  Deno.test(`session › a join refused with ${code} ends it as ${reason}`, async () => {
    await using server = startSignalingServer();
    const session = join(server.url);
    const peer = await server.accept();
    const request = await peer.next();
    peer.socket.send(errorFrame(request.id, { code, message: "No." }));
    assertEquals((await until(session, inPhase("ended"))).ending?.reason, reason);
    await peer.closed;
    assertEquals(server.connections(), 1, "it is not tried again");
  });
}

Deno.test("session › an overloaded server is tried again", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  const request = await first.next();
  first.socket.send(errorFrame(request.id, { code: "OVERLOADED", message: "Busy." }));
  const second = await server.accept();
  await letIn(second);
  await until(session, inPhase("joined"));
  await leave(session, second);
});

Deno.test("session › why a try to join has failed is said, and forgotten with the one that works", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  (await server.accept()).socket.close();
  const { phase, loss } = await until(session, ({ loss }) => loss !== undefined);
  assertEquals([phase, loss], ["joining", "The connection was lost. It is tried again…"]);
  const second = await server.accept();
  await letIn(second);
  assertEquals((await until(session, inPhase("joined"))).loss, undefined);
  await leave(session, second);
});

Deno.test("session › session.migrate moves to the other place and resumes there", async () => {
  await using oldPlace = startSignalingServer();
  await using newPlace = startSignalingServer();
  const session = join(oldPlace.url);
  const first = await oldPlace.accept();
  await letIn(first);
  await until(session, inPhase("joined"));
  first.socket.send(notificationFrame("session.migrate", { signaling_url: newPlace.url }));
  const second = await newPlace.accept();
  const request = await letIn(second, { resumed: true });
  assertEquals(request.type === "join" && request.data.resume?.binding_token, "binding-token-number-1");
  await first.closed;
  await until(session, inPhase("joined"));
  await leave(session, second);
});

const participants = [person("me"), person("other")];

function renamed(rev: number, display_name: string): string {
  return notificationFrame("participant.updated", { rev, participant: person("other", { display_name }) });
}

const otherIs = (name: string) => ({ participants }: SessionState) =>
  participants.some(({ display_name }) => display_name === name);

Deno.test("session › a missed notification makes it resume, once; the answer's state is taken from there", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first, { participants });
  first.socket.send(renamed(2, "Two"));
  await until(session, otherIs("Two"));
  first.socket.send(renamed(4, "Four"));
  const second = await server.accept();
  const request = await letIn(second, {
    resumed: true,
    rev: 7,
    participants: [person("me"), person("other", { display_name: "Seven" })],
  });
  assertEquals(request.type === "join" && request.data.resume?.correlation_id, "correlation-1");
  await first.closed;
  await until(session, otherIs("Seven"));
  second.socket.send(renamed(8, "Eight"));
  await until(session, otherIs("Eight"));
  assertEquals([session.resyncs(), server.connections()], [1, 2]);
  await leave(session, second);
});

Deno.test("session › a revision that went back makes it resume; a server that counts wrongly is borne", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const first = await server.accept();
  await letIn(first, { participants, rev: 5 });
  await until(session, inPhase("joined"));
  first.socket.send(renamed(3, "Back"));
  const second = await server.accept();
  await letIn(second, { resumed: true, participants, rev: 5 });
  await until(session, inPhase("joined"));
  for (const [rev, name] of [[9, "Nine"], [2, "Two"], [3, "Three"]] as const) {
    second.socket.send(renamed(rev, name));
    await until(session, otherIs(name));
  }
  assertEquals([session.resyncs(), server.connections()], [1, 2]);
  await leave(session, second);
});

Deno.test("session › notifications without a revision, and what the answer already told, break nothing", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer, { participants, rev: 5 });
  peer.socket.send(renamed(5, "Told already"));
  peer.socket.send(notificationFrame("speaker.active", { participant_id: "other" }));
  peer.socket.send(
    notificationFrame("participant.waiting", { participant: person("w", { state: "waiting" }) }),
  );
  peer.socket.send(renamed(6, "Six"));
  const state = await until(session, otherIs("Six"));
  assertEquals([state.activeSpeaker, state.waiting.length], ["other", 1]);
  assertEquals([session.resyncs(), server.connections()], [0, 1]);
  await leave(session, peer);
});

Deno.test("session › whoever is admitted counts from the admission on", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer, { state: "waiting", participants: [], rev: 3 });
  await until(session, inPhase("waiting"));
  const { participant_id: _p, correlation_id: _c, binding_token: _b, resumed: _r, ...rest } = joinAnswer({
    participants: [person("me"), person("other")],
    rev: 20,
  });
  peer.socket.send(notificationFrame("admitted", { ...rest, state: "joined" }));
  peer.socket.send(renamed(21, "Next"));
  await until(session, otherIs("Next"));
  assertEquals([session.resyncs(), server.connections()], [0, 1]);
  await leave(session, peer);
});

Deno.test("session › a wait that the server named goes before the client's own", async () => {
  await using newPlace = startSignalingServer();
  const oldPlace = startSignalingServer();
  const clock = manualClock();
  const answers: ApiResult<Ticket>[] = [
    { ok: false, error: { status: 503, code: "UNAVAILABLE", message: "Not yet.", retryAfterSeconds: 1 } },
    { ok: true, value: ticketTo(newPlace.url, "token-new") },
  ];
  const session = join(oldPlace.url, {
    clock,
    api: {
      renewTicket: () => Promise.resolve(gone),
      reportUnreachable: () => Promise.resolve(answers.shift() ?? gone),
    },
  });
  await letIn(await oldPlace.accept());
  await until(session, inPhase("joined"));
  await oldPlace[Symbol.asyncDispose]();
  await until(session, inPhase("reconnecting"));
  await clock.until(300);
  clock.advance(300);
  await clock.until(1_000);
  assertEquals(answers.length, 1);
  clock.advance(1_000);
  const peer = await newPlace.accept();
  assertEquals(peer.token, "token-new");
  await letIn(peer, { resumed: true });
  await until(session, inPhase("joined"));
  session.leave();
  clock.advance(500);
  await peer.closed;
});

Deno.test("session › waits, is admitted, and then sees the others", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer, { state: "waiting", role: "guest", participants: [] });
  await until(session, inPhase("waiting"));
  const { participant_id: _p, correlation_id: _c, binding_token: _b, resumed: _r, ...rest } = joinAnswer({
    role: "guest",
    participants: [person("host", { role: "host" }), person("me", { role: "guest" })],
  });
  peer.socket.send(notificationFrame("admitted", { ...rest, state: "joined" }));
  const state = await until(session, inPhase("joined"));
  assertEquals([state.selfId, state.role, state.participants.length], ["me", "guest", 2]);
  // Removed after having been admitted is removed, not denied.
  peer.socket.close(4403);
  assertEquals((await until(session, inPhase("ended"))).ending?.reason, "removed");
});

Deno.test("session › the roster follows joins, waiting, changes and leaves", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer, { role: "host" });
  const send = (frame: string) => peer.socket.send(frame);
  send(
    notificationFrame("participant.waiting", { participant: person("guest", { state: "waiting" }) }),
  );
  assertEquals((await until(session, ({ waiting }) => waiting.length === 1)).participants.length, 1);
  send(notificationFrame("participant.joined", { participant: person("guest"), rev: 2 }));
  const joined = await until(session, ({ participants }) => participants.length === 2);
  assertEquals(joined.waiting.length, 0);
  send(notificationFrame("participant.updated", { participant: person("guest", { state: "away" }), rev: 3 }));
  await until(session, ({ participants }) => participants.some(({ state }) => state === "away"));
  send(notificationFrame("participant.left", { participant_id: "guest", reason: "lost", rev: 4 }));
  await until(session, ({ participants }) => participants.length === 1);
  await leave(session, peer);
});

Deno.test("session › one's own chat message is shown once, whether or not the server tells it back", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  const sent = session.sendChat("hello");
  const request = await peer.next();
  const message = { message_id: "m1", sent_at: "2026-01-02T03:04:05.678Z" };
  peer.socket.send(notificationFrame("chat.message", {
    ...message,
    from: "me",
    display_name: "Name of me",
    text: "hello",
  }));
  peer.socket.send(answerFrame<"chat.send">(request.id, message));
  assertEquals((await sent).ok, true);
  assertEquals(session.state.get().chat.map(({ text }) => text), ["hello"]);
  await leave(session, peer);
});
