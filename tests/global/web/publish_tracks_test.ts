import { assertEquals } from "@std/assert";
import { createDevices } from "../../../global/web/devices.ts";
import { createMediaControls } from "../../../global/web/meeting/media_controls.ts";
import { publishTracks } from "../../../global/web/meeting/publish_tracks.ts";
import type { MeetingSession, SessionOptions } from "../../../shared/client/session.ts";
import { errorFrame, notificationFrame } from "../../../shared/protocol/signaling.ts";
import { manualClock } from "../../manual_clock.ts";
import { inPhase, join, letIn, passWindow, until } from "../../client/joined_session.ts";
import { meeting } from "../../client/samples.ts";
import { answerFrame, type Peer, startSignalingServer } from "../../client/signaling_server.ts";
import { fakeCapture, FakeTrack } from "./fake_capture.ts";

const states = (tracks: readonly FakeTrack[]) => tracks.map(({ readyState }) => readyState);

/** In a meeting with both devices on and a screen shared, while another camera's prompt is open. */
async function sharing(url: string, options: Partial<SessionOptions> = {}) {
  const { media, prompt } = fakeCapture();
  const devices = createDevices(media);
  const opening = devices.openSome({ microphone: true, camera: true });
  const given = await prompt(0).allow();
  await opening;
  const session = join(url, options);
  publishTracks(session, devices.tracks);
  const controls = createMediaControls(session, devices);
  const share = controls.toggleScreen();
  given.push(...await prompt(1).allow("video", "audio"));
  await share;
  const late = devices.open("camera");
  return { devices, session, controls, prompt, given, late };
}

const sent = (session: MeetingSession) =>
  [...session.state.get().local].map(([source, { paused }]) => `${source} ${paused ? "off" : "on"}`);

/** Every track that was given, and the one that an open prompt still brings, has ended. */
async function assertAllEnd({ given, prompt, late, devices }: Awaited<ReturnType<typeof sharing>>) {
  assertEquals(states(given), ["ended", "ended", "ended", "ended"]);
  assertEquals(states(await prompt(2).allow()), ["ended"]);
  await late;
  assertEquals([devices.tracks.state.get().live.size, devices.state.get().camera], [0, undefined]);
}

for (
  const [code, state, reason] of [
    [4403, "waiting", "denied"],
    [4403, "joined", "removed"],
    [4409, "joined", "replaced"],
    [4410, "joined", "ended"],
    [4400, "joined", "failed"],
  ] as const
) {
  Deno.test(`published tracks › all end when ${code} ends the visit as ${reason}`, async () => {
    await using server = startSignalingServer();
    const visit = await sharing(server.url);
    const peer = await server.accept();
    await letIn(peer, { state });
    await until(visit.session, inPhase(state));
    assertEquals(states(visit.given), ["live", "live", "live", "live"]);
    peer.socket.close(code);
    assertEquals((await until(visit.session, inPhase("ended"))).ending?.reason, reason);
    await assertAllEnd(visit);
  });
}

Deno.test("published tracks › all end when the join is refused", async () => {
  await using server = startSignalingServer();
  const visit = await sharing(server.url);
  const peer = await server.accept();
  const request = await peer.next();
  peer.socket.send(errorFrame(request.id, { code: "MEETING_LOCKED", message: "No." }));
  assertEquals((await until(visit.session, inPhase("ended"))).ending?.reason, "locked");
  await assertAllEnd(visit);
});

Deno.test("published tracks › all end when the connection is lost for good, and not before", async () => {
  const server = startSignalingServer();
  const clock = manualClock();
  const visit = await sharing(server.url, { clock });
  await letIn(await server.accept());
  await until(visit.session, inPhase("joined"));
  await server[Symbol.asyncDispose]();
  await until(visit.session, inPhase("reconnecting"));
  assertEquals(states(visit.given), ["live", "live", "live", "live"]);
  await passWindow(clock);
  assertEquals((await until(visit.session, inPhase("ended"))).ending?.reason, "lost");
  await assertAllEnd(visit);
});

Deno.test("published tracks › leaving ends all at once, before the server answers", async () => {
  await using server = startSignalingServer();
  const visit = await sharing(server.url);
  const peer = await server.accept();
  await letIn(peer);
  await until(visit.session, inPhase("joined"));
  const left = visit.session.leave();
  await assertAllEnd(visit);
  peer.socket.send(answerFrame<"leave">((await peer.next()).id, {}));
  await left;
});

Deno.test("published tracks › what is open is sent, and what is gone is not", async () => {
  await using server = startSignalingServer();
  const { session, devices, given, prompt, late } = await sharing(server.url);
  assertEquals(sent(session), ["microphone on", "camera on", "screen on", "screen_audio on"]);
  const [, , screen, screenSound] = given;
  screenSound?.lose();
  assertEquals(sent(session), ["microphone on", "camera on", "screen on"]);
  screen?.lose();
  assertEquals(sent(session), ["microphone on", "camera on"]);
  const [other] = await prompt(2).allow();
  await late;
  assertEquals(session.state.get().local.get("camera")?.track, other);
  devices.close("camera");
  assertEquals(sent(session), ["microphone on"]);
  session.leave();
  session.publish("camera", new FakeTrack("video"));
  assertEquals(session.state.get().local.has("camera"), false);
});

Deno.test("published tracks › a source that the session gave up is stopped", async () => {
  await using server = startSignalingServer();
  const { session, given } = await sharing(server.url);
  session.unpublish("screen");
  session.unpublish("camera");
  assertEquals(states(given), ["live", "ended", "ended", "ended"]);
  assertEquals(sent(session), ["microphone on"]);
  session.leave();
});

Deno.test("published tracks › what was forbidden during a reconnection is captured no more", async () => {
  await using server = startSignalingServer();
  const visit = await sharing(server.url);
  const first = await server.accept();
  await letIn(first);
  await until(visit.session, inPhase("joined"));
  first.socket.close();
  await until(visit.session, inPhase("reconnecting"));
  const second = await server.accept();
  const permissions = { ...meeting.permissions, camera: false, screen: false };
  await letIn(second, { resumed: true, media_kept: true, meeting: { ...meeting, permissions } });
  await until(visit.session, inPhase("joined"));
  assertEquals(states(visit.given), ["live", "ended", "ended", "ended"]);
  assertEquals(sent(visit.session), ["microphone on", "camera off"]);
  visit.session.leave();
});

for (const was of ["switched off", "never on"] as const) {
  Deno.test(`published tracks › a camera that was ${was} is captured no more once it is forbidden while it opens`, async () => {
    await using server = startSignalingServer();
    const { media, prompt } = fakeCapture();
    const devices = createDevices(media);
    const session = join(server.url);
    publishTracks(session, devices.tracks);
    const controls = createMediaControls(session, devices);
    const peer = await server.accept();
    await letIn(peer);
    await until(session, inPhase("joined"));
    let prompts = 0;
    if (was === "switched off") {
      const opened = controls.toggle("camera");
      await prompt(prompts++).allow();
      await opened;
      await controls.toggle("camera");
      assertEquals(sent(session), ["camera off"]);
    }
    const pressed = controls.toggle("camera");
    const microphone = controls.toggle("microphone");
    const permissions = { ...meeting.permissions, camera: false, microphone: false };
    peer.socket.send(notificationFrame("meeting.updated", { meeting: { ...meeting, permissions }, rev: 2 }));
    await until(session, ({ meeting }) => meeting?.permissions.camera === false);
    const late = [...await prompt(prompts++).allow(), ...await prompt(prompts++).allow()];
    await Promise.all([pressed, microphone]);
    assertEquals(states(late), ["ended", "live"], "a microphone stays open for the next word");
    assertEquals(sent(session), ["camera off", "microphone off"]);
    assertEquals(typeof session.state.get().notice, "string", "it says why");
    session.leave();
  });
}

Deno.test("media controls › a camera is paused while it is off, and a second press takes a first one back", async () => {
  await using server = startSignalingServer();
  const { session, controls, devices, given, prompt } = await sharing(server.url);
  // The prompt of the other camera is still open.
  await controls.toggle("camera");
  assertEquals([states(given)[1], devices.tracks.state.get().asked.size], ["ended", 0]);
  const pressed = controls.toggle("camera");
  await controls.toggle("camera");
  const late = await prompt(3).allow();
  await pressed;
  assertEquals([states(late), sent(session).includes("camera on")], [["ended"], false]);
  const again = controls.toggle("camera");
  await prompt(4).allow();
  await again;
  assertEquals(sent(session).includes("camera on"), true);
  await controls.toggle("camera");
  assertEquals(sent(session).includes("camera off"), true);
  await controls.toggle("microphone");
  assertEquals([states(given)[0], sent(session).includes("microphone off")], ["live", true]);
  await controls.toggle("microphone");
  assertEquals(sent(session).includes("microphone on"), true);
  session.leave();
});

Deno.test("media controls › another device is changed to at once where one is on, and else when it is switched on", async () => {
  await using server = startSignalingServer();
  const { session, controls, devices, given, prompt, late } = await sharing(server.url);
  const trackOf = (source: "camera" | "microphone") => session.state.get().local.get(source)?.track;
  // The prompt of one camera is still open: the choice of another takes its place.
  const changing = controls.choose("camera", "other camera");
  assertEquals(states(await prompt(2).allow()), ["ended"]);
  const [camera] = await prompt(3).allow();
  assertEquals([await changing, await late], [undefined, undefined]);
  assertEquals([trackOf("camera"), states(given)[1]], [camera, "ended"]);
  assertEquals(sent(session), ["microphone on", "camera on", "screen on", "screen_audio on"]);

  await controls.toggle("microphone");
  await controls.choose("microphone", "headset");
  assertEquals([states(given)[0], sent(session)[0]], ["ended", "microphone off"]);
  const switchedOn = controls.toggle("microphone");
  const [headset] = await prompt(4).allow();
  await switchedOn;
  assertEquals([trackOf("microphone"), sent(session)[0]], [headset, "microphone on"]);
  const { chosen } = devices.state.get();
  assertEquals([chosen.camera, chosen.microphone], ["other camera", "headset"]);
  session.leave();
  localStorage.clear();
});

/** In a meeting with the camera on, whose picture the system then withholds. */
async function withheld(url: string, accept: () => Promise<Peer>) {
  const { media, prompt, prompts } = fakeCapture();
  const clock = manualClock();
  const devices = createDevices(media, clock);
  const opening = devices.openSome({ microphone: false, camera: true });
  const [camera] = await prompt(0).allow();
  await opening;
  if (!camera) throw new Error("no camera");
  const session = join(url);
  publishTracks(session, devices.tracks);
  const controls = createMediaControls(session, devices, undefined, clock);
  const peer = await accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  camera.withhold(true);
  assertEquals(sent(session), ["camera on"], "a moment is nothing");
  clock.advance(2_000);
  assertEquals([sent(session), camera.readyState], [["camera off"], "live"]);
  return { session, devices, controls, camera, clock, peer, prompt, prompts };
}

Deno.test("published tracks › a camera whose picture is withheld is off, is said to be, and goes on by itself", async () => {
  await using server = startSignalingServer();
  const { session, devices, camera, clock } = await withheld(server.url, server.accept);
  assertEquals(typeof devices.state.get().loss, "string");
  camera.withhold(false);
  assertEquals([sent(session), devices.state.get().loss], [["camera on"], undefined]);
  camera.withhold(true);
  camera.withhold(false);
  clock.advance(2_000);
  assertEquals(sent(session), ["camera on"]);
  session.leave();
});

Deno.test("published tracks › a camera that its owner switched off goes on by nothing", async () => {
  await using server = startSignalingServer();
  const { session, controls, camera, clock, prompts, prompt } = await withheld(server.url, server.accept);
  // A press right after it would be of a button that still said "on".
  clock.advance(1_000);
  const again = controls.toggle("camera");
  const [other] = await prompt(1).allow();
  await again;
  assertEquals([sent(session), camera.readyState], [["camera on"], "ended"], "a press asks anew");
  await controls.toggle("camera");
  other?.withhold(true);
  clock.advance(2_000);
  other?.withhold(false);
  camera.withhold(false);
  assertEquals([sent(session), other?.readyState, prompts.length], [["camera off"], "ended", 2]);
  session.leave();
});

for (const how of ["muted", "forbidden"] as const) {
  Deno.test(`published tracks › a camera that a host has ${how} while its picture was withheld stays off`, async () => {
    await using server = startSignalingServer();
    const { session, camera, peer } = await withheld(server.url, server.accept);
    const { selfId = "" } = session.state.get();
    const permissions = { ...meeting.permissions, camera: false };
    peer.socket.send(
      how === "muted"
        ? notificationFrame("moderation.muted", {
          participant_id: selfId,
          source: "camera",
          muted: true,
          by: "host",
          may_unmute: true,
        })
        : notificationFrame("meeting.updated", { meeting: { ...meeting, permissions }, rev: 2 }),
    );
    await until(session, (state) => state.moderation !== undefined || !state.meeting?.permissions.camera);
    assertEquals(camera.readyState, "ended");
    camera.withhold(false);
    assertEquals(sent(session), ["camera off"]);
    session.leave();
  });
}
