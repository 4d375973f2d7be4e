import { Dialog } from "../dialog.tsx";
import { DeviceSelect } from "../device_select.tsx";
import type { Devices } from "../devices.ts";
import { effectiveLoudspeaker } from "../effective_loudspeaker.ts";
import { isFocusLost } from "../focus.ts";
import { LevelMeter } from "../lobby/level_meter.tsx";
import type { DeviceKind } from "../local_tracks.ts";
import { Problem } from "../parts.tsx";
import { useChange } from "../use_change.ts";
import { useStore } from "../use_store.ts";
import type { MediaControls } from "./media_controls.ts";
import { closeTellingDialog, type ScreenState, showProblem } from "./screen_state.ts";

interface DevicesDialogProps {
  devices: Devices;
  media: Pick<MediaControls, "choose">;
  screen: ScreenState;
}

const canChooseLoudspeaker = "setSinkId" in HTMLMediaElement.prototype;

/** Other devices, in the middle of a meeting. What is on goes on with the chosen one; what is off begins with it later. */
export function DevicesDialog({ devices, media, screen }: DevicesDialogProps) {
  const { camera, microphone, cameras, microphones, loudspeakers, unnamed, chosen } = useStore(devices.state);
  /** What is on, or is opened next. */
  const inUse = (
    kind: DeviceKind,
    track: MediaStreamTrack | undefined,
    [first]: readonly MediaDeviceInfo[],
  ) => track?.getSettings().deviceId ?? chosen[kind] ?? first?.deviceId ?? "";
  // The button is gone with what it was for.
  useChange(unnamed, () => {
    if (isFocusLost()) document.querySelector<HTMLElement>("dialog[open] select")?.focus();
  });
  const show = (action: () => Promise<string | undefined>) => showProblem(screen, action);
  const choose = (kind: DeviceKind) => (deviceId: string) => show(() => media.choose(kind, deviceId));
  return (
    <Dialog
      title="Camera and sound"
      testId="devices-dialog"
      onClosed={() => closeTellingDialog(screen)}
    >
      {(close) => (
        <>
          {cameras.length + microphones.length + unnamed.length === 0
            ? <p class="muted">No camera and no microphone was found.</p>
            : null}
          {unnamed.length > 0 ? <Unnamed kinds={unnamed} onAllow={() => show(devices.allow)} /> : null}
          <DeviceSelect
            kind="camera"
            list={cameras}
            value={inUse("camera", camera, cameras)}
            onChosen={choose("camera")}
          />
          <DeviceSelect
            kind="microphone"
            list={microphones}
            value={inUse("microphone", microphone, microphones)}
            onChosen={choose("microphone")}
          />
          <LevelMeter track={microphone} />
          {canChooseLoudspeaker
            ? (
              <DeviceSelect
                kind="loudspeaker"
                list={loudspeakers.filter(({ deviceId }) => deviceId !== "default")}
                value={effectiveLoudspeaker({ chosen, loudspeakers })}
                none="As the computer has it"
                onChosen={(deviceId) => devices.choose("loudspeaker", deviceId)}
              />
            )
            : null}
          <Problem>{screen.problem.value}</Problem>
          <div class="actions">
            <button type="button" class="primary" data-testid="close-dialog" onClick={close}>Done</button>
          </div>
        </>
      )}
    </Dialog>
  );
}

/** The browser asks, and says their names once it is allowed. */
function Unnamed({ kinds, onAllow }: { kinds: readonly DeviceKind[]; onAllow(): void }) {
  const words = kinds.join(" and ");
  return (
    <>
      <p data-testid="unnamed">
        {kinds.length > 1 ? `Allow ${words} to choose them.` : `Allow the ${words} to choose which one.`}
      </p>
      <div class="actions">
        <button type="button" data-testid="allow" onClick={onAllow}>Allow</button>
      </div>
    </>
  );
}
