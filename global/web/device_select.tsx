interface DeviceSelectProps {
  label: string;
  testId: string;
  list: readonly MediaDeviceInfo[];
  /** The id of the device in use; "" for none. */
  value: string;
  /** Whether "Off" can be chosen, too. */
  hasOff?: boolean;
  /** Told the device's id; "" for off. */
  onChosen(deviceId: string): void;
}

/** The choice among devices of one kind; nothing where there is none. */
export function DeviceSelect({ label, testId, list, value, hasOff, onChosen }: DeviceSelectProps) {
  if (list.length === 0) return null;
  return (
    <label class="field">
      <span>{label}</span>
      <select data-testid={testId} value={value} onChange={(event) => onChosen(event.currentTarget.value)}>
        {hasOff ? <option value="">Off</option> : null}
        {list.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
