import type { Devices } from "../devices.ts";
import { Icon } from "../icons.tsx";
import type { DeviceKind } from "../local_tracks.ts";
import { useStore } from "../use_store.ts";
import { Video } from "../video.tsx";
import { LevelMeter } from "./level_meter.tsx";

/** What the others will see and hear. */
export function Preview({ devices }: { devices: Devices }) {
  const { camera, microphone, opening } = useStore(devices.state);
  return (
    <section class="preview" aria-label="Preview of your camera and microphone">
      {camera
        ? <Video track={camera} mirrored label="Your camera's picture" testId="preview" />
        : <p class="preview-empty">{opening.has("camera") ? "Opening your camera…" : "Your camera is off"}
        </p>}
      <div class="preview-controls">
        <Switch kind="microphone" devices={devices} testId="lobby-mute" />
        <Switch kind="camera" devices={devices} testId="lobby-camera" />
        <LevelMeter track={microphone} />
      </div>
    </section>
  );
}

interface SwitchProps {
  kind: DeviceKind;
  devices: Devices;
  testId: string;
}

/** On as soon as it is asked for, so that it can be switched off while the browser's prompt is open. */
function Switch({ kind, devices, testId }: SwitchProps) {
  const { [kind]: track, opening } = useStore(devices.state);
  const isOn = track !== undefined || opening.has(kind);
  const label = `Turn the ${kind} ${isOn ? "off" : "on"}`;
  return (
    <button
      type="button"
      class={isOn ? "round" : "round off"}
      aria-label={label}
      title={label}
      data-testid={testId}
      onClick={() => isOn ? devices.close(kind) : void devices.open(kind)}
    >
      <Icon name={track ? kind : `${kind}Off`} />
    </button>
  );
}
