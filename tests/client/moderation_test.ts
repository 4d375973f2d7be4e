import { assertEquals } from "@std/assert";
import { maySend } from "../../shared/client/session_state.ts";
import type { Participant, Permission } from "../../shared/protocol/mod.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { meeting, person } from "./samples.ts";
import { notificationFrame, startSignalingServer } from "./signaling_server.ts";

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
