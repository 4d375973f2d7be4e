import type { Signal } from "@preact/signals";
import { MenuItem } from "../menu.tsx";

interface VolumeProps {
  id: string;
  volumes: Signal<ReadonlyMap<string, number>>;
}

interface PersonVolumeProps extends VolumeProps {
  /** Whether a page can play people lower in this browser. Where it can't, it can silence them. */
  isSettable: boolean;
}

/** How loud somebody is played here; nobody else hears a difference. */
export function PersonVolume({ id, volumes, isSettable }: PersonVolumeProps) {
  return isSettable ? <Volume id={id} volumes={volumes} /> : <Silence id={id} volumes={volumes} />;
}

function Volume({ id, volumes }: VolumeProps) {
  const volume = volumes.value.get(id) ?? 1;
  return (
    <label class="menu-volume">
      <span>Volume for you</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        data-testid="volume"
        aria-valuetext={`${Math.round(volume * 100)} percent`}
        onInput={({ currentTarget }) => {
          volumes.value = new Map(volumes.value).set(id, currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}

function Silence({ id, volumes }: VolumeProps) {
  const isSilent = volumes.value.get(id) === 0;
  return (
    <MenuItem
      icon="sound"
      testId="silence"
      label={isSilent ? "Hear them again" : "Silence them for you"}
      onChosen={() => volumes.value = new Map(volumes.value).set(id, isSilent ? 1 : 0)}
    />
  );
}
