import { assertEquals } from "@std/assert";
import { createDevices } from "../../../global/web/devices.ts";
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
