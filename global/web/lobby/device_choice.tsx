import type { Devices } from "../devices.ts";
import type { DeviceKind } from "../local_tracks.ts";
import { useStore } from "../use_store.ts";

const labels: Record<DeviceKind, string> = { camera: "Camera", microphone: "Microphone" };

export function DeviceChoice({ devices }: { devices: Devices }) {
  const { camera, microphone, cameras, microphones } = useStore(devices.state);
  return (
    <div class="device-choice">
      <Choice kind="camera" devices={devices} list={cameras} track={camera} />
      <Choice kind="microphone" devices={devices} list={microphones} track={microphone} />
    </div>
  );
}

interface ChoiceProps {
  kind: DeviceKind;
  devices: Devices;
  list: readonly MediaDeviceInfo[];
  track: MediaStreamTrack | undefined;
}

function Choice({ kind, devices, list, track }: ChoiceProps) {
  if (list.length === 0) return null;
  return (
    <label class="field">
      <span>{labels[kind]}</span>
      <select
        data-testid={`${kind}-choice`}
        value={track?.getSettings().deviceId ?? ""}
        onChange={(event) => {
          if (event.currentTarget.value === "") devices.close(kind);
          else devices.open(kind, event.currentTarget.value);
        }}
      >
        <option value="">Off</option>
        {list.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${labels[kind]} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
