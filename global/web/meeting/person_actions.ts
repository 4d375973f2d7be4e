import { maySend, type SessionState } from "../../../shared/client/session_state.ts";
import type { MediaSource, Participant } from "../../../shared/protocol/signaling.ts";

/** What a host can do about somebody. */
export type PersonAction =
  /** Until a host lifts it. */
  | { kind: "mute"; source: MediaSource }
  /** Lifts a mute; they switch on again by themselves. */
  | { kind: "allow"; source: MediaSource }
  /** Asks them to switch on. */
  | { kind: "ask"; source: MediaSource }
  | { kind: "promote" | "demote" | "remove" | "ban" };

const sources = ["microphone", "camera", "screen"] as const;

function sourceAction(
  person: Participant,
  source: typeof sources[number],
  isPermitted: boolean,
): PersonAction[] {
  if (person.muted_sources?.includes(source)) return [{ kind: "allow", source }];
  if (person.sources.some((one) => one.source === source && !one.paused)) return [{ kind: "mute", source }];
  // Nobody is asked for a screen, nor for what the meeting forbids.
  return source === "screen" || !isPermitted ? [] : [{ kind: "ask", source }];
}

/** Whether somebody is oneself, on this device or on another one. */
export function isOwnDevice({ participants, selfId }: SessionState, person: Participant): boolean {
  const self = participants.find(({ participant_id }) => participant_id === selfId);
  return self !== undefined && firstDevice(self) === firstDevice(person);
}

function firstDevice({ participant_id, same_person_as }: Participant): string {
  return same_person_as ?? participant_id;
}

/** In the order of the menu. Only a host has any; about oneself, on whichever device, there is one. */
export function personActions(state: SessionState, person: Participant): PersonAction[] {
  if (state.role !== "host") return [];
  const isHost = person.role === "host";
  // Whoever created the meeting stays in it, as its host.
  const isCreator = person.is_creator === true;
  if (isOwnDevice(state, person)) return isCreator ? [] : [{ kind: "demote" }];
  const ofTheirSeat: PersonAction[] = isCreator
    ? []
    : [{ kind: isHost ? "demote" : "promote" }, { kind: "remove" }, { kind: "ban" }];
  const theirs = { ...state, role: person.role, selfId: person.participant_id };
  return [
    ...sources.flatMap((source) => sourceAction(person, source, maySend(theirs, source))),
    ...ofTheirSeat,
  ];
}
