import { assertEquals } from "@std/assert";
import { createDevices } from "../../../global/web/devices.ts";
import { effectiveLoudspeaker } from "../../../global/web/effective_loudspeaker.ts";
import { createScreenState } from "../../../global/web/meeting/screen_state.ts";
import { showDeviceProblems } from "../../../global/web/meeting/show_device_problems.ts";
import { fakeCapture } from "./fake_capture.ts";

function device(kind: MediaDeviceKind, deviceId: string): MediaDeviceInfo {
  return { kind, deviceId, groupId: "", label: deviceId, toJSON: () => ({}) };
}

Deno.test("devices › one that was unplugged and is plugged in again is said to be there, and isn't opened", async () => {
  const { media, prompt, prompts } = fakeCapture();
  const camera = device("videoinput", "camera");
  const microphone = device("audioinput", "microphone");
  let plugged = [camera, microphone];
  media.enumerateDevices = () => Promise.resolve(plugged);
  const devices = createDevices(media);
  const listed = async (now: MediaDeviceInfo[]) => {
    plugged = now;
    media.dispatchEvent(new Event("devicechange"));
    // The page asks for the list at once, and has it when this has been asked for, too.
    await media.enumerateDevices();
  };
  const opening = devices.openSome({ microphone: true, camera: true });
  const given = await prompt(0).allow();
  await opening;

  given.find(({ kind }) => kind === "audio")?.lose();
  await listed([camera]);
  assertEquals(devices.state.get().loss, "Your microphone was disconnected.");
  await listed([camera, microphone]);
  assertEquals(devices.state.get().loss, "Your microphone was disconnected, and can be switched on again.");
  assertEquals([devices.state.get().microphone, prompts.length], [undefined, 1]);
  await listed([camera]);
  assertEquals(devices.state.get().loss, "Your microphone was disconnected.");
  await listed([camera, microphone]);
  const again = devices.open("microphone");
  const [regiven] = await prompt(1).allow();
  await again;
  assertEquals(devices.state.get().loss, undefined);
  regiven?.lose();
  assertEquals(devices.state.get().loss, "Your microphone was disconnected.");
  devices.closeAll();
});

Deno.test("devices › the lobby opens what the meeting wants on, and asks for nothing when it wants none", async () => {
  const { media, prompt, prompts } = fakeCapture();
  const devices = createDevices(media);
  await devices.openSome({ microphone: false, camera: false });
  assertEquals(prompts.length, 0);
  const opening = devices.openSome({ microphone: true, camera: false });
  await prompt(0).allow();
  await opening;
  assertEquals([devices.state.get().microphone?.kind, devices.state.get().camera], ["audio", undefined]);
  devices.closeAll();
});

Deno.test("devices › why a page over http gets none is said anew at each try", async () => {
  const devices = createDevices(undefined);
  for (let time = 0; time < 2; time++) {
    const opening = devices.open("camera");
    assertEquals(devices.state.get().problem, undefined);
    const words = await opening;
    assertEquals(
      words,
      "Browsers give camera and microphone only to pages opened over https or on localhost.",
    );
    assertEquals(devices.state.get().problem, words);
  }
});

Deno.test("devices › those that the browser doesn't name yet are there, and are named once that is allowed", async () => {
  const { media, prompt, prompts } = fakeCapture();
  const unnamed = [device("videoinput", ""), device("audioinput", "")];
  const named = [device("videoinput", "camera"), device("audioinput", "microphone")];
  let list = unnamed;
  media.enumerateDevices = () => Promise.resolve(list);
  const devices = createDevices(media);
  await devices.openSome({ microphone: false, camera: false });
  const { cameras, microphones } = devices.state.get();
  assertEquals([cameras, microphones, devices.state.get().unnamed], [[], [], ["microphone", "camera"]]);

  const refused = devices.allow();
  await prompt(0).refuse(new DOMException("", "NotAllowedError"));
  assertEquals(
    await refused,
    "Your browser does not let this page use your microphone and camera. Allow it in the address bar.",
  );
  list = named;
  const allowed = devices.allow();
  const given = await prompt(1).allow();
  assertEquals(await allowed, undefined);
  assertEquals(given.map(({ readyState }) => readyState), ["ended", "ended"]);
  assertEquals([devices.state.get().camera, devices.state.get().unnamed], [undefined, []]);
  assertEquals([devices.state.get().cameras, devices.state.get().microphones], [[named[0]], [named[1]]]);
  assertEquals(prompts.length, 2);
  devices.closeAll();
});

Deno.test("devices › a certain one is opened, and the same again next time", async () => {
  localStorage.clear();
  const { media, prompt } = fakeCapture();
  const devices = createDevices(media);
  devices.choose("camera", "back");
  devices.choose("loudspeaker", "headset");
  assertEquals(devices.state.get().chosen, { camera: "back", loudspeaker: "headset" });
  const opening = devices.openSome({ microphone: true, camera: true });
  await prompt(0).allow();
  await opening;
  const changing = devices.open("microphone", "headset");
  await prompt(1).allow();
  await changing;
  const again = devices.open("microphone");
  await prompt(2).allow();
  await again;
  const asked = [0, 1, 2].map((index) => {
    const { audio, video } = prompt(index).wanted;
    return [audio, video].map((each) => typeof each === "object" ? each.deviceId : undefined);
  });
  const headset = { exact: "headset" };
  assertEquals(asked, [[undefined, { exact: "back" }], [headset, undefined], [headset, undefined]]);
  devices.closeAll();
  const { chosen } = createDevices(media).state.get();
  assertEquals(chosen, { camera: "back", loudspeaker: "headset", microphone: "headset" });
  localStorage.clear();
});

Deno.test("devices › where the chosen one is gone any other is opened", async () => {
  localStorage.clear();
  const { media, prompt, prompts } = fakeCapture();
  const devices = createDevices(media);
  const isGone = () => Object.assign(new Error("deviceId"), { name: "OverconstrainedError" });
  devices.choose("microphone", "headset");
  const opening = devices.openSome({ microphone: true, camera: true });
  await prompt(0).refuse(isGone());
  await prompt(1).refuse(isGone());
  await prompt(2).allow();
  const [built] = await prompt(3).allow();
  await opening;
  assertEquals([devices.state.get().microphone, devices.state.get().problem], [built, undefined]);
  assertEquals(prompt(3).wanted.audio, {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
  });

  devices.close("microphone");
  const again = devices.open("microphone");
  await prompt(4).refuse(isGone());
  await prompt(5).refuse(isGone());
  assertEquals([await again, prompts.length], ["No microphone was found.", 6]);
  devices.closeAll();
  localStorage.clear();
});

Deno.test("devices › the chosen loudspeaker plays while it is connected, and is chosen also while it is not", async () => {
  localStorage.clear();
  const { media } = fakeCapture();
  const headset = device("audiooutput", "headset");
  let plugged = [device("audiooutput", "default"), headset];
  media.enumerateDevices = () => Promise.resolve(plugged);
  const devices = createDevices(media);
  const playing = () => effectiveLoudspeaker(devices.state.get());
  const nothing = { microphone: false, camera: false };
  await devices.openSome(nothing);
  assertEquals(playing(), "");
  devices.choose("loudspeaker", "headset");
  assertEquals(playing(), "headset");
  plugged = plugged.filter((one) => one !== headset);
  await devices.openSome(nothing);
  assertEquals([playing(), devices.state.get().chosen.loudspeaker], ["", "headset"]);
  plugged = [...plugged, headset];
  await devices.openSome(nothing);
  assertEquals(playing(), "headset");
  devices.closeAll();
  localStorage.clear();
});

Deno.test("devices › a camera that can't be opened beside the one in use is opened instead of it", async () => {
  const { media, prompt, prompts } = fakeCapture();
  const devices = createDevices(media);
  const inUse = () => new DOMException("Could not start video source", "NotReadableError");
  const opening = devices.open("camera", "front");
  const [front] = await prompt(0).allow();
  await opening;
  const changing = devices.open("camera", "back");
  await prompt(1).refuse(inUse());
  assertEquals(front?.readyState, "ended");
  const [back] = await prompt(2).allow();
  assertEquals([await changing, devices.state.get().camera], [undefined, back]);

  devices.close("camera");
  const again = devices.open("camera");
  await prompt(3).refuse(inUse());
  assertEquals(await again, "Another program uses your camera. Close it and try again.");
  assertEquals(prompts.length, 4);
  devices.closeAll();
});

Deno.test("devices › what fails after the entry is said in the meeting, in the lobby's words too, and nothing else", async () => {
  const { media, prompt } = fakeCapture();
  const devices = createDevices(media);
  const screen = createScreenState();
  const denial = new DOMException("", "NotAllowedError");
  const inLobby = devices.open("camera");
  await prompt(0).refuse(denial);
  const words = await inLobby;
  assertEquals(words, "Your browser does not let this page use your camera. Allow it in the address bar.");

  const again = devices.open("camera");
  assertEquals(devices.state.get().problem, undefined, "what is tried again hasn't failed yet");
  const stop = showDeviceProblems(devices, screen);
  await prompt(1).refuse(denial);
  await again;
  assertEquals(screen.problem.value, words);
  screen.problem.value = "";
  devices.close("microphone");
  assertEquals(screen.problem.value, "", "it was said");
  stop();

  showDeviceProblems(devices, screen);
  devices.close("camera");
  assertEquals(screen.problem.value, "", "somebody came in with it");
  devices.closeAll();
});
