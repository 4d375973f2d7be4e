import { useComputed } from "@preact/signals";
import type { Quality } from "../../../shared/client/session_state.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Icon } from "../icons.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { QualityBars } from "./quality_bars.tsx";
import { raisedHands } from "./raised_hands.ts";
import { SidePanel } from "./side_panel.tsx";
import type { OpenMenu } from "./tile.tsx";

interface RosterProps {
  view: MeetingView;
  onMenu: OpenMenu;
  onClose(): void;
}

/** Raised hands first, in their order; then the others, in the order of joining. */
export function Roster({ view, onMenu, onClose }: RosterProps) {
  const participants = useComputed(() => view.state.value.participants).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const quality = useComputed(() => view.state.value.quality).value;
  const hands = raisedHands(participants);
  const place = ({ participant_id }: Participant) => hands.indexOf(participant_id) + 1;
  const ordered = participants.toSorted((a, b) => (place(a) || Infinity) - (place(b) || Infinity) || 0);
  return (
    <SidePanel title={`People (${participants.length})`} onClose={onClose}>
      <ul class="roster" data-testid="roster">
        {ordered.map((person) => (
          <li
            key={person.participant_id}
            data-participant-id={person.participant_id}
            data-name={person.display_name}
          >
            <Person
              person={person}
              isSelf={person.participant_id === selfId}
              hand={place(person)}
              level={quality.get(person.participant_id)}
            />
            <button
              type="button"
              class="round small"
              data-testid="person-menu-button"
              aria-label={`More about ${person.display_name}`}
              aria-haspopup="true"
              onClick={({ currentTarget }) => onMenu(person.participant_id, currentTarget)}
            >
              <Icon name="more" />
            </button>
          </li>
        ))}
      </ul>
    </SidePanel>
  );
}

const roleWords = { host: "Host", participant: "", guest: "Guest" } as const;

interface PersonProps {
  person: Participant;
  isSelf: boolean;
  /** Their place among the raised hands; 0 without one. */
  hand: number;
  level: Quality | undefined;
}

/** The name, and beside it, or below where it takes the line, what is to be known of them. */
function Person({ person, isSelf, hand, level }: PersonProps) {
  const isOn = (kind: "microphone" | "camera") =>
    person.sources.some(({ source, paused, muted_by_host }) => source === kind && !paused && !muted_by_host);
  const isMuted = (kind: "microphone" | "camera") => person.muted_sources?.includes(kind) === true;
  return (
    <div class="person">
      <span class="name">
        <bdi>{person.display_name}</bdi>
        {isSelf ? " (you)" : ""}
      </span>
      <span class="facts">
        <small>{person.state === "away" ? "reconnecting…" : roleWords[person.role]}</small>
        {hand > 0
          ? (
            <span class="hand-mark" data-testid="hand" title="Hand raised">
              <Icon name="hand" />
              <span class="visually-hidden">hand raised, number</span> {hand}
            </span>
          )
          : null}
        <span class="marks">
          <Mark isOn={isOn("microphone")} isMuted={isMuted("microphone")} kind="microphone" />
          <Mark isOn={isOn("camera")} isMuted={isMuted("camera")} kind="camera" />
        </span>
        {level ? <QualityBars level={level} /> : null}
      </span>
    </div>
  );
}

interface MarkProps {
  isOn: boolean;
  /** By a host, until a host lifts it. */
  isMuted: boolean;
  kind: "microphone" | "camera";
}

function Mark({ isOn, isMuted, kind }: MarkProps) {
  const words = isMuted ? `${kind} switched off by a host` : `${kind} ${isOn ? "on" : "off"}`;
  return (
    <span class={isMuted ? "off muted" : isOn ? "" : "off"} title={words}>
      <Icon name={isOn ? kind : `${kind}Off`} />
      <span class="visually-hidden">{words}</span>
    </span>
  );
}
