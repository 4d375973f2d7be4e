import type { DeviceKind, Devices } from "../devices.ts";
import { Icon } from "../icons.tsx";
import { useStore } from "../use_store.ts";
import { Video } from "../video.tsx";
import { LevelMeter } from "./level_meter.tsx";

/** What the others will see and hear. */
export function Preview({ devices }: { devices: Devices }) {
  const { camera, microphone, isOpening } = useStore(devices.state);
  function toggle(kind: DeviceKind, isOn: boolean) {
    if (isOn) devices.close(kind);
    else devices.open(kind);
  }
  return (
    <section class="preview" aria-label="Preview of your camera and microphone">
      {camera
        ? <Video track={camera} mirrored label="Your camera's picture" testId="preview" />
        : <p class="preview-empty">{isOpening ? "Opening your camera…" : "Your camera is off"}</p>}
      <div class="preview-controls">
        <button
          type="button"
          class="round"
          aria-pressed={microphone !== undefined}
          aria-label={microphone ? "Turn the microphone off" : "Turn the microphone on"}
          title={microphone ? "Turn the microphone off" : "Turn the microphone on"}
          data-testid="lobby-mute"
          onClick={() => toggle("microphone", microphone !== undefined)}
        >
          <Icon name={microphone ? "microphone" : "microphoneOff"} />
        </button>
        <button
          type="button"
          class="round"
          aria-pressed={camera !== undefined}
          aria-label={camera ? "Turn the camera off" : "Turn the camera on"}
          title={camera ? "Turn the camera off" : "Turn the camera on"}
          data-testid="lobby-camera"
          onClick={() => toggle("camera", camera !== undefined)}
        >
          <Icon name={camera ? "camera" : "cameraOff"} />
        </button>
        <LevelMeter track={microphone} />
      </div>
    </section>
  );
}
