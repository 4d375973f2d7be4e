import { assertEquals } from "@std/assert";
import { maySend } from "../../shared/client/session_state.ts";
import type { JoinAnswer, MediaSource, Participant, Permission } from "../../shared/protocol/mod.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { joinAnswer, meeting, person } from "./samples.ts";
import { answerFrame, notificationFrame, startSignalingServer } from "./signaling_server.ts";

/** A participant who sends sound and a screen, and what the server tells them. */
async function sending(startMuted: "microphone"[] = []) {
  const server = startSignalingServer();
  const { media, opened } = startEngine();
  const local = new Map(
    [["microphone", new FakeTrack("audio")], ["screen", new FakeTrack("video")]] as const,
  );
  const session = join(server.url, { media, local });
  const peer = await server.accept();
  await letIn(peer, {
    participants: [person("me")],
    transports: transportsOf("a"),
    ...(startMuted.length === 0 ? {} : { start_muted: startMuted }),
  });
  await until(session, inPhase("joined"));
  const permit = (change: Partial<Record<Permission, boolean>>, rev: number) => {
    const permissions = { ...meeting.permissions, ...change };
    peer.socket.send(notificationFrame("meeting.updated", { meeting: { ...meeting, permissions }, rev }));
  };
  const update = (change: Partial<Participant>, rev: number) =>
    peer.socket.send(notificationFrame("participant.updated", { participant: person("me", change), rev }));
  const isPaused = () => session.state.get().local.get("microphone")?.paused;
  return { server, session, peer, switched: opened[0]?.switched ?? [], permit, update, isPaused };
}

Deno.test("a host's mute › is one's own pause too, and can't be undone while it holds", async () => {
  const { server, session, peer, switched, update, isPaused } = await sending();
  await using _server = server;
  update({ muted_sources: ["microphone"] }, 2);
  const muted = { participant_id: "me", source: "microphone", by: "host" } as const;
  peer.socket.send(notificationFrame("moderation.muted", { ...muted, muted: true, may_unmute: false }));
  const state = await until(session, ({ moderation }) => moderation !== undefined);
  assertEquals(state.moderation, { kind: "muted", source: "microphone", by: "host", mayUnmute: false });
  assertEquals([isPaused(), switched], [true, ["microphone paused"]]);
  session.setPaused("microphone", false);
  assertEquals(isPaused(), true);
  assertEquals(typeof session.state.get().notice, "string", "it says why");

  update({}, 3);
  peer.socket.send(notificationFrame("moderation.muted", { ...muted, muted: false, may_unmute: true }));
  await until(session, ({ moderation }) => moderation?.kind === "unmuted");
  assertEquals(isPaused(), true, "nobody else switches it on");
  session.setPaused("microphone", false);
  assertEquals(isPaused(), false);
  await leave(session, peer);
});

Deno.test("a permission that is withdrawn › pauses sound, ends a screen, and comes back silent", async () => {
  const { server, session, peer, switched, permit, isPaused } = await sending();
  await using _server = server;
  permit({ microphone: false, screen: false }, 2);
  await until(session, ({ meeting }) => meeting?.permissions.microphone === false);
  assertEquals(switched, ["microphone paused", "screen stopped"]);
  assertEquals(session.state.get().local.has("screen"), false);
  permit({}, 3);
  const state = await until(session, ({ meeting }) => meeting?.permissions.microphone === true);
  assertEquals([maySend(state, "microphone"), isPaused()], [true, true]);
  await leave(session, peer);
});

/** Loses the connection, and resumes with media that was kept. */
async function comeBack(
  { server, session, peer }: Pick<Awaited<ReturnType<typeof sending>>, "server" | "session" | "peer">,
  change: Partial<JoinAnswer>,
) {
  peer.socket.close();
  await until(session, inPhase("reconnecting"));
  const again = await server.accept();
  await letIn(again, { resumed: true, media_kept: true, ...change });
  await until(session, inPhase("joined"));
  return { again, state: session.state.get() };
}

Deno.test("a host's mute during a reconnection › is one's own pause too, and is said", async () => {
  const { server, session, peer, switched, isPaused } = await sending();
  await using _server = server;
  const participants = [person("me", { muted_sources: ["microphone"] })];
  const { again, state } = await comeBack({ server, session, peer }, { participants });
  assertEquals([isPaused(), switched], [true, ["microphone paused"]]);
  assertEquals(state.moderation, { kind: "muted", source: "microphone", mayUnmute: false });
  again.socket.send(notificationFrame("participant.updated", { participant: person("me"), rev: 2 }));
  await until(session, (state) => maySend(state, "microphone"));
  assertEquals(isPaused(), true, "nobody else switches it on");
  await leave(session, again);
});

Deno.test("a permission withdrawn during a reconnection › ends a screen, and is said", async () => {
  const { server, session, peer, switched, isPaused } = await sending();
  await using _server = server;
  const permissions = { ...meeting.permissions, screen: false };
  const { again, state } = await comeBack({ server, session, peer }, {
    meeting: { ...meeting, permissions },
  });
  assertEquals([[...state.local.keys()], switched, isPaused()], [["microphone"], ["screen stopped"], false]);
  assertEquals(state.moderation, { kind: "muted", source: "screen", mayUnmute: false });
  await leave(session, again);
});

Deno.test("a source that a resume's answer names as silenced › is off here, too, and it is said", async () => {
  const { server, session, peer, switched, isPaused } = await sending();
  await using _server = server;
  const { again, state } = await comeBack({ server, session, peer }, { start_muted: ["microphone"] });
  assertEquals([isPaused(), switched], [true, ["microphone paused"]]);
  assertEquals(state.moderation, { kind: "muted", source: "microphone", mayUnmute: true });
  session.setPaused("microphone", false);
  assertEquals(isPaused(), false, "it may be switched on");
  await leave(session, again);
});

Deno.test("a resume's answer that shows a source as paused still › is not taken for a host's act", async () => {
  const { server, session, peer, isPaused } = await sending();
  await using _server = server;
  const source = { source: "microphone", producer_id: "one", muted_by_host: false, paused: true } as const;
  const participants = [person("me", { sources: [source] })];
  const { again, state } = await comeBack({ server, session, peer }, { participants });
  assertEquals([isPaused(), state.moderation], [false, undefined]);
  await leave(session, again);
});

Deno.test("a pause taken back during a resume › is not what the answer to the resume says", async () => {
  const { server, session, peer, isPaused } = await sending();
  await using _server = server;
  session.setPaused("microphone", true);
  peer.socket.close();
  await until(session, inPhase("reconnecting"));
  const again = await server.accept();
  const request = await again.next();
  session.setPaused("microphone", false);
  const sources = [{ source: "microphone", producer_id: "one", muted_by_host: false, paused: true }] as const;
  const participants = [person("me", { sources: [...sources] })];
  const answer = joinAnswer({ resumed: true, media_kept: true, participants });
  again.socket.send(answerFrame<"join">(request.id, answer));
  await until(session, inPhase("joined"));
  assertEquals([isPaused(), session.state.get().moderation], [false, undefined]);
  await leave(session, again);
});

Deno.test("a host's mute before the join › is one's own pause from the start", async () => {
  await using server = startSignalingServer();
  const { media } = startEngine();
  const session = join(server.url, {
    media,
    local: new Map([["microphone", new FakeTrack("audio")]] as const),
  });
  const peer = await server.accept();
  const participants = [person("me", { muted_sources: ["microphone"] })];
  await letIn(peer, { transports: transportsOf("a"), participants });
  await until(session, inPhase("joined"));
  const { local, moderation } = session.state.get();
  assertEquals([local.get("microphone")?.paused, moderation], [true, undefined]);
  await leave(session, peer);
});

Deno.test("a microphone that starts muted › is on once there are transports, if it was switched on before", async () => {
  await using server = startSignalingServer();
  const { media, opened, hasOpened } = startEngine();
  const session = join(server.url, { media });
  const peer = await server.accept();
  await letIn(peer, { state: "waiting" });
  await until(session, inPhase("waiting"));
  const { participant_id: _id, correlation_id: _c, binding_token: _b, resumed: _r, ...rest } = joinAnswer();
  const start_muted: MediaSource[] = ["microphone"];
  const admitted = { ...rest, state: "joined" as const, media_pending: true as const, start_muted };
  peer.socket.send(notificationFrame("admitted", admitted));
  await until(session, inPhase("joined"));
  session.publish("microphone", new FakeTrack("audio"));
  const moved = { reason: "the media handler was lost", transports: transportsOf("a"), consumers: [] };
  peer.socket.send(notificationFrame("media.moved", moved));
  await hasOpened(1);
  await opened[0]?.hasTold(1);
  assertEquals([opened[0]?.told, opened[0]?.switched], [["microphone paused"], ["microphone on"]]);
  await leave(session, peer);
});

Deno.test("a host's request to unmute › is shown, and switches nothing on", async () => {
  const { server, session, peer, switched, isPaused } = await sending();
  await using _server = server;
  session.setPaused("microphone", true);
  peer.socket.send(notificationFrame("moderation.unmute_asked", { source: "microphone", by: "host" }));
  const state = await until(session, ({ moderation }) => moderation !== undefined);
  assertEquals(state.moderation?.kind, "asked");
  assertEquals([isPaused(), switched], [true, ["microphone paused"]]);
  session.dismissModeration();
  assertEquals(session.state.get().moderation, undefined);
  await leave(session, peer);
});

Deno.test("start muted › the microphone of the lobby starts paused", async () => {
  const { server, session, peer, isPaused } = await sending(["microphone"]);
  await using _server = server;
  assertEquals(isPaused(), true);
  await leave(session, peer);
});

Deno.test("start muted › a microphone that is first switched on later is on, although it is born paused", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const session = join(server.url, { media });
  const peer = await server.accept();
  await letIn(peer, {
    participants: [person("me")],
    transports: transportsOf("a"),
    start_muted: ["microphone"],
  });
  await until(session, inPhase("joined"));
  session.publish("microphone", new FakeTrack("audio"));
  assertEquals(opened[0]?.told, ["microphone paused"]);
  assertEquals(opened[0]?.switched, ["microphone on"]);
  assertEquals(session.state.get().local.get("microphone")?.paused, false);
  await leave(session, peer);
});

Deno.test("a source that is forbidden › is off from the start, and stays so when it is permitted", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const session = join(server.url, { media });
  const peer = await server.accept();
  const permissions = { ...meeting.permissions, microphone: false };
  await letIn(peer, {
    meeting: { ...meeting, permissions },
    transports: transportsOf("a"),
    start_muted: ["microphone"],
  });
  await until(session, inPhase("joined"));
  session.publish("microphone", new FakeTrack("audio"));
  assertEquals([opened[0]?.told, opened[0]?.switched], [["microphone paused"], []]);
  peer.socket.send(notificationFrame("meeting.updated", { meeting, rev: 2 }));
  await until(session, (state) => maySend(state, "microphone"));
  assertEquals(session.state.get().local.get("microphone")?.paused, true);
  session.setPaused("microphone", false);
  assertEquals(opened[0]?.switched, ["microphone on"]);
  await leave(session, peer);
});

Deno.test("waiting list › ends with the right to admit", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer, { participants: [person("me")] });
  const waiting = person("guest", { state: "waiting", participant_type: "guest", role: "guest" });
  peer.socket.send(notificationFrame("participant.waiting", { participant: waiting }));
  await until(session, (state) => state.waiting.length === 1);
  const host = person("host", { role: "host" });
  peer.socket.send(notificationFrame("participant.joined", { participant: host, rev: 2 }));
  const state = await until(session, ({ participants }) => participants.length === 2);
  assertEquals(state.waiting, []);
  await leave(session, peer);
});
