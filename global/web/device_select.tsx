import type { ChosenKind } from "./devices.ts";

const labels: Record<ChosenKind, string> = {
  camera: "Camera",
  microphone: "Microphone",
  loudspeaker: "Loudspeaker",
};

interface DeviceSelectProps {
  kind: ChosenKind;
  list: readonly MediaDeviceInfo[];
  /** The id of the device in use; "" for none. */
  value: string;
  /** What stands for none of them, where that can be chosen, too. */
  none?: string;
  /** Told the device's id; "" for none. */
  onChosen(deviceId: string): void;
}

/** The choice among devices of one kind; nothing where there is none. */
export function DeviceSelect({ kind, list, value, none, onChosen }: DeviceSelectProps) {
  if (list.length === 0) return null;
  return (
    <label class="field">
      <span>{labels[kind]}</span>
      <select
        data-testid={`${kind}-choice`}
        value={value}
        onChange={(event) => onChosen(event.currentTarget.value)}
      >
        {none === undefined ? null : <option value="">{none}</option>}
        {list.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${labels[kind]} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
