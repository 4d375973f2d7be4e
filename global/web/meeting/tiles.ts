import type { RemoteStream, SessionState } from "../../../shared/client/session_state.ts";
import type { Assignment, MediaSource, Participant } from "../../../shared/protocol/signaling.ts";

/** One rectangle of the stage. */
export interface TileView {
  /** The same for as long as somebody's camera, or screen, is shown, in whichever slot. */
  key: string;
  participantId: string;
  name: string;
  isSelf: boolean;
  isScreen: boolean;
  isAway: boolean;
  isMuted: boolean;
  isSpeaking: boolean;
  video?: MediaStreamTrack;
}

export interface TileSet {
  tiles: readonly TileView[];
  /** People who are in the meeting and have no slot. */
  hiddenCount: number;
}

/** `undefined` where nothing is known of it: who tells of a source and who of a consumer are two. */
function isOn(participant: Participant, wanted: MediaSource): boolean | undefined {
  const found = participant.sources.find(({ source }) => source === wanted);
  return found && !found.paused && !found.muted_by_host;
}

/** The consumer of a slot; after a resume the stream before it, until the new one plays. */
function streamFor(state: SessionState, assignment: Assignment): RemoteStream | undefined {
  const { consumer_id, participant_id, source } = assignment;
  if (consumer_id === null) return undefined;
  return state.streams.get(consumer_id) ??
    [...state.streams.values()].findLast((one) =>
      one.participantId === participant_id && one.source === source
    );
}

function remoteVideo(state: SessionState, assignment: Assignment, participant: Participant) {
  const stream = streamFor(state, assignment);
  const isPaused = !stream || state.paused.has(stream.consumerId);
  return isPaused || isOn(participant, assignment.source) === false ? undefined : stream.track;
}

function tileOf(
  state: SessionState,
  participant: Participant,
  source: MediaSource,
  video: MediaStreamTrack | undefined,
): TileView {
  const { participant_id: participantId, display_name: name } = participant;
  const isSelf = participantId === state.selfId;
  const isScreen = source === "screen";
  const hasVoice = isSelf
    ? state.local.get("microphone")?.paused === false
    : isOn(participant, "microphone") === true;
  return {
    key: `${participantId}/${isScreen ? "screen" : "camera"}`,
    participantId,
    name,
    isSelf,
    isScreen,
    isAway: participant.state === "away",
    isMuted: !isScreen && !hasVoice,
    isSpeaking: !isScreen && state.activeSpeaker === participantId,
    ...(video ? { video } : {}),
  };
}

/** Oneself: the server assigns no slot for that unless it is asked to. */
function ownTiles(state: SessionState): TileView[] {
  const self = state.participants.find(({ participant_id }) => participant_id === state.selfId);
  if (!self) return [];
  const live = (source: MediaSource) => {
    const local = state.local.get(source);
    return local && !local.paused ? local.track : undefined;
  };
  const screen = live("screen");
  return [
    ...(screen ? [tileOf(state, self, "screen", screen)] : []),
    tileOf(state, self, "camera", live("camera")),
  ];
}

/**
 * What the server assigned, slot by slot, then oneself. A shared screen goes first, onto the stage: the one with the
 * lowest slot, or one's own.
 */
export function tilesOf(state: SessionState): TileSet {
  const people = new Map(state.participants.map((person) => [person.participant_id, person]));
  const assigned = state.assignments.toSorted((a, b) => a.slot - b.slot).flatMap((assignment) => {
    const participant = people.get(assignment.participant_id);
    if (!participant || assignment.participant_id === state.selfId) return [];
    return [tileOf(state, participant, assignment.source, remoteVideo(state, assignment, participant))];
  });
  const all = [...assigned, ...ownTiles(state)];
  const stage = all.find(({ isScreen }) => isScreen);
  const shown = new Set(all.map(({ participantId }) => participantId));
  return {
    tiles: stage ? [stage, ...all.filter((tile) => tile !== stage)] : all,
    hiddenCount: state.participants.filter(({ participant_id }) => !shown.has(participant_id)).length,
  };
}

/** Columns that give 16:9 tiles the largest size in a box. */
export function columnsFor(count: number, widthPx: number, heightPx: number): number {
  let best = 1;
  let bestWidth = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = Math.min(widthPx / columns, (heightPx / rows) * 16 / 9);
    if (width > bestWidth) {
      bestWidth = width;
      best = columns;
    }
  }
  return best;
}
