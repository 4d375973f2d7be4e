import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { Devices } from "../devices.ts";
import { effectiveLoudspeaker } from "../effective_loudspeaker.ts";
import { useStore } from "../use_store.ts";
import { Voice } from "../video.tsx";
import type { MeetingView } from "./meeting_view.ts";

interface SoundProps {
  view: MeetingView;
  volumes: ReadonlySignal<ReadonlyMap<string, number>>;
  devices: Pick<Devices, "state">;
}

/** Plays everybody, with a tile or without. */
export function Sound({ view, volumes, devices }: SoundProps) {
  const { chosen, loudspeakers } = useStore(devices.state);
  const loudspeaker = effectiveLoudspeaker({ chosen, loudspeakers });
  const silenced = useSignal<ReadonlySet<string>>(new Set());
  const isSilenced = useComputed(() => view.voices.value.some(({ key }) => silenced.value.has(key)));

  function setSilenced(key: string, isSilent: boolean): void {
    if (silenced.value.has(key) === isSilent) return;
    const next = new Set(silenced.value);
    if (isSilent) next.add(key);
    else next.delete(key);
    silenced.value = next;
  }

  return (
    <>
      {view.voices.value.map((voice) => (
        <Voice
          key={voice.key}
          voice={voice}
          loudspeaker={loudspeaker}
          loudspeakers={loudspeakers}
          volume={volumes.value.get(voice.participantId) ?? 1}
          onSilenced={(isSilent) => setSilenced(voice.key, isSilent)}
        />
      ))}
      <div class="over-stage" role="status">
        {isSilenced.value ? <p class="silenced">Click anywhere to hear.</p> : null}
      </div>
    </>
  );
}
