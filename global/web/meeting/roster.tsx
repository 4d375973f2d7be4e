import type { SessionState } from "../../../shared/client/session_state.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Icon } from "../icons.tsx";
import { SidePanel } from "./side_panel.tsx";

interface RosterProps {
  state: SessionState;
  onClose(): void;
}

export function Roster({ state, onClose }: RosterProps) {
  return (
    <SidePanel title={`People (${state.participants.length})`} onClose={onClose}>
      <ul class="roster" data-testid="roster">
        {state.participants.map((person) => (
          <Person
            key={person.participant_id}
            person={person}
            isSelf={person.participant_id === state.selfId}
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
        {person.display_name}
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
