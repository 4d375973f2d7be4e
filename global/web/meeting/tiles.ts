import type { Quality, RemoteStream, SessionState } from "../../../shared/client/session_state.ts";
import type { Assignment, MediaSource, Participant } from "../../../shared/protocol/signaling.ts";
import type { ViewChoice } from "./view_choice.ts";

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
  hasHandRaised: boolean;
  quality?: Quality;
  video?: MediaStreamTrack;
  /** The connection is too slow for its picture. */
  isStarved: boolean;
}

export interface TileSet {
  tiles: readonly TileView[];
  /** The first tile has the stage. */
  hasStage: boolean;
  /** People who are in the meeting and have no slot. */
  hiddenCount: number;
}

/** `undefined` where nothing is known of it: who tells of a source and who of a consumer are two. */
function isOn(participant: Participant, wanted: MediaSource): boolean | undefined {
  const found = participant.sources.find(({ source }) => source === wanted);
  return found && !found.paused && !found.muted_by_host;
}

/** The consumer of a slot; after a resume or a move the stream before it, until the new one is there and plays. */
function streamFor(
  state: SessionState,
  assignment: Assignment,
  participant: Participant,
): RemoteStream | undefined {
  const { consumer_id, participant_id, source } = assignment;
  if (consumer_id === null && isOn(participant, source) !== true) return undefined;
  return state.streams.get(consumer_id ?? "") ??
    [...state.streams.values()].findLast((one) =>
      one.participantId === participant_id && one.source === source
    );
}

function remoteVideo(state: SessionState, assignment: Assignment, participant: Participant) {
  const stream = streamFor(state, assignment, participant);
  // Where the connection is too slow for a picture, its last frame would stand still.
  const isStill = !stream || state.paused.has(stream.consumerId) || state.starved.has(stream.consumerId);
  return isStill || isOn(participant, assignment.source) === false ? undefined : stream.track;
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
  const quality = isScreen ? undefined : state.quality.get(participantId);
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
    hasHandRaised: !isScreen && participant.hand_raised,
    isStarved: false,
    ...(quality ? { quality } : {}),
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

/** What the server assigned, slot by slot. */
function assignedTiles(state: SessionState): TileView[] {
  const people = new Map(state.participants.map((person) => [person.participant_id, person]));
  return state.assignments.toSorted((a, b) => a.slot - b.slot).flatMap((assignment) => {
    const participant = people.get(assignment.participant_id);
    if (!participant || assignment.participant_id === state.selfId) return [];
    const tile = tileOf(state, participant, assignment.source, remoteVideo(state, assignment, participant));
    const { consumer_id, source } = assignment;
    const isStarved = consumer_id !== null && state.starved.has(consumer_id) &&
      isOn(participant, source) !== false;
    return [{ ...tile, isStarved }];
  });
}

/** Nobody is assigned a slot for sound alone: the others in the order of joining, without a picture. */
function soundTiles(state: SessionState, count: number): TileView[] {
  return state.participants.filter(({ participant_id }) => participant_id !== state.selfId)
    .slice(0, count).map((participant) => tileOf(state, participant, "camera", undefined));
}

/**
 * The others, then oneself. A shared screen goes first, onto the stage: that of whom somebody has pinned, else the one
 * with the lowest slot, or one's own. Where no screen is shared, and somebody is to have the stage, the lowest slot has
 * it.
 */
export function tilesOf(state: SessionState, choice: ViewChoice, soundSlots: number): TileSet {
  const others = choice.isAudioOnly ? soundTiles(state, soundSlots) : assignedTiles(state);
  const all = [...others, ...ownTiles(state)];
  const wantsStage = !choice.isAudioOnly && (choice.mode === "speaker" || choice.pinned !== undefined);
  const screens = all.filter(({ isScreen }) => isScreen);
  const stage = screens.find(({ participantId }) => participantId === choice.pinned) ?? screens[0] ??
    (wantsStage ? others[0] : undefined);
  const shown = new Set(all.map(({ participantId }) => participantId));
  return {
    tiles: stage ? [stage, ...all.filter((tile) => tile !== stage)] : all,
    hasStage: stage !== undefined,
    hiddenCount: state.participants.filter(({ participant_id }) => !shown.has(participant_id)).length,
  };
}
