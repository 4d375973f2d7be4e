import { useComputed } from "@preact/signals";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Icon } from "../icons.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { SidePanel } from "./side_panel.tsx";

interface RosterProps {
  view: MeetingView;
  onClose(): void;
}

export function Roster({ view, onClose }: RosterProps) {
  const participants = useComputed(() => view.state.value.participants).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  return (
    <SidePanel title={`People (${participants.length})`} onClose={onClose}>
      <ul class="roster" data-testid="roster">
        {participants.map((person) => (
          <Person
            key={person.participant_id}
            person={person}
            isSelf={person.participant_id === selfId}
          />
        ))}
      </ul>
    </SidePanel>
  );
}

const roleWords = { host: "Host", participant: "", guest: "Guest" } as const;

function Person({ person, isSelf }: { person: Participant; isSelf: boolean }) {
  const isOn = (kind: "microphone" | "camera") =>
    person.sources.some(({ source, paused, muted_by_host }) => source === kind && !paused && !muted_by_host);
  return (
    <li data-participant-id={person.participant_id} data-name={person.display_name}>
      <span class="name">
        <bdi>{person.display_name}</bdi>
        {isSelf ? " (you)" : ""}
      </span>
      <small>{person.state === "away" ? "reconnecting…" : roleWords[person.role]}</small>
      <span class="marks">
        <Mark isOn={isOn("microphone")} kind="microphone" />
        <Mark isOn={isOn("camera")} kind="camera" />
      </span>
    </li>
  );
}

function Mark({ isOn, kind }: { isOn: boolean; kind: "microphone" | "camera" }) {
  const words = `${kind} ${isOn ? "on" : "off"}`;
  return (
    <span class={isOn ? "" : "off"} title={words}>
      <Icon name={isOn ? kind : `${kind}Off`} />
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
