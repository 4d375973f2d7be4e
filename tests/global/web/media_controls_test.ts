import { assertEquals } from "@std/assert";
import { createDevices } from "../../../global/web/devices.ts";
import { createMediaControls } from "../../../global/web/meeting/media_controls.ts";
import type { DeviceKind } from "../../../global/web/local_tracks.ts";
import { initialState } from "../../../shared/client/session_state.ts";
import { createStore } from "../../../shared/client/store.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import { person } from "../../client/samples.ts";
import { fakeCapture, FakeTrack } from "./fake_capture.ts";

/** Chromium's answer where macOS's Screen Recording permission, or that for the camera, is missing. */
const bySystem = () => new DOMException("Permission denied by system", "NotAllowedError");
const byPerson = () => new DOMException("Permission denied", "NotAllowedError");

function controlled() {
  const { media, prompt } = fakeCapture();
  const session = { state: createStore(initialState), setPaused() {} };
  return { controls: createMediaControls(session, createDevices(media)), prompt };
}

Deno.test("media controls › a screen that the computer itself keeps from the browser is said, a closed chooser is not", async () => {
  const { controls, prompt } = controlled();
  for (
    const [index, cause, words] of [
      [
        0,
        bySystem(),
        "Your computer's own privacy settings keep this browser from your screen. " +
        "Allow it there, then restart the browser.",
      ],
      [1, byPerson(), undefined],
      [
        2,
        new DOMException("", "NotReadableError"),
        "Your screen could not be shared. Try again, or choose another window.",
      ],
    ] as const
  ) {
    const answer = controls.toggleScreen();
    await prompt(index).refuse(cause);
    assertEquals(await answer, words);
  }
});

Deno.test("media controls › a camera that the computer itself keeps from the browser isn't to be allowed in the address bar", async () => {
  const { controls, prompt } = controlled();
  const first = controls.switchOn("camera");
  await prompt(0).refuse(bySystem());
  assertEquals(
    await first,
    "Your computer's own privacy settings keep this browser from your camera. " +
      "Allow it there, then restart the browser.",
  );
  const second = controls.switchOn("camera");
  await prompt(1).refuse(byPerson());
  assertEquals(
    await second,
    "Your browser does not let this page use your camera. Allow it in the address bar.",
  );
});

Deno.test("media controls › of two devices, each is said by whom it is kept", async () => {
  const { media, prompt } = fakeCapture();
  const devices = createDevices(media);
  const opening = devices.openSome({ microphone: true, camera: true });
  await prompt(0).refuse(bySystem());
  await prompt(1).refuse(byPerson());
  await prompt(2).refuse(bySystem());
  await opening;
  assertEquals(
    devices.state.get().problem,
    "Your browser does not let this page use your microphone. Allow it in the address bar. " +
      "Your computer's own privacy settings keep this browser from your camera. " +
      "Allow it there, then restart the browser.",
  );
  devices.closeAll();
});

/** Somebody who sends; what they pause and resume is shown at once, as in a session. */
function sending() {
  const { media, prompts } = fakeCapture();
  const state = createStore(initialState);
  const track = new FakeTrack("audio");
  function setPaused(source: MediaSource, paused: boolean): void {
    state.update((before) => ({ ...before, local: new Map([...before.local, [source, { track, paused }]]) }));
  }
  let nowMs = 0;
  const controls = createMediaControls({ state, setPaused }, createDevices(media), undefined, {
    now: () => nowMs,
  });
  return {
    controls,
    prompts,
    /** As a host does it, or the system. */
    setPaused,
    /** A host forbids a source, or allows it again. */
    setMuted: (kind: DeviceKind, isMuted: boolean) =>
      state.update((before) => ({
        ...before,
        selfId: "me",
        participants: [person("me", { muted_sources: isMuted ? [kind] : [] })],
      })),
    pass: (durationMs: number) => void (nowMs += durationMs),
    isOn: (kind: DeviceKind) => state.get().local.get(kind)?.paused === false,
  };
}

Deno.test("media controls › whoever presses Mute as a host mutes them stays muted, and may unmute a moment later", async () => {
  for (const kind of ["microphone", "camera"] as const) {
    const { controls, setPaused, pass, isOn, prompts } = sending();
    setPaused(kind, false);
    setPaused(kind, true);
    // The page hasn't shown it yet.
    await controls.toggle(kind, true);
    assertEquals(isOn(kind), false);
    setPaused(kind, false);
    pass(1_000);
    setPaused(kind, true);
    pass(400);
    // The page shows it, but nobody has read that.
    await controls.toggle(kind, false);
    assertEquals([isOn(kind), prompts.length], [false, 0]);
    setPaused(kind, false);
    setPaused(kind, true);
    pass(600);
    void controls.toggle(kind, false);
    assertEquals(prompts.length, 1);
  }
});

Deno.test("media controls › whoever mutes themselves may unmute at once", async () => {
  const { controls, setPaused, isOn, prompts } = sending();
  setPaused("microphone", false);
  await controls.toggle("microphone", true);
  assertEquals(isOn("microphone"), false);
  void controls.toggle("microphone", false);
  assertEquals(prompts.length, 1);
});

Deno.test("media controls › a press right after a host has lifted a mute is of the button that says so", () => {
  const { controls, setPaused, setMuted, prompts } = sending();
  setPaused("camera", false);
  setPaused("camera", true);
  setMuted("camera", true);
  setMuted("camera", false);
  void controls.toggle("camera", false);
  assertEquals(prompts.length, 1);
});
