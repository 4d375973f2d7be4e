import { DeviceSelect } from "../device_select.tsx";
import type { Devices } from "../devices.ts";
import type { DeviceKind } from "../local_tracks.ts";
import { useStore } from "../use_store.ts";

/** Which camera and which microphone is on, or that it is off. */
export function DeviceChoice({ devices }: { devices: Devices }) {
  const { camera, microphone, cameras, microphones } = useStore(devices.state);
  const choose = (kind: DeviceKind) => (deviceId: string) => {
    if (deviceId === "") devices.close(kind);
    else void devices.open(kind, deviceId);
  };
  return (
    <div class="device-choice">
      <DeviceSelect
        kind="camera"
        list={cameras}
        value={camera?.getSettings().deviceId ?? ""}
        none="Off"
        onChosen={choose("camera")}
      />
      <DeviceSelect
        kind="microphone"
        list={microphones}
        value={microphone?.getSettings().deviceId ?? ""}
        none="Off"
        onChosen={choose("microphone")}
      />
    </div>
  );
}
