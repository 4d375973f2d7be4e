import type { SessionState } from "../../../shared/client/session_state.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";

/** One rectangle of the grid. */
export interface TileView {
  key: string;
  participantId: string;
  name: string;
  isSelf: boolean;
  isScreen: boolean;
  isAway: boolean;
  isMuted: boolean;
  isSpeaking: boolean;
  video?: MediaStreamTrack;
  audio?: MediaStreamTrack;
}

export interface TileSet {
  tiles: readonly TileView[];
  /** People who are in the meeting and have no tile. */
  hiddenCount: number;
}

function tracksBySource(state: SessionState): Map<string, MediaStreamTrack> {
  const tracks = new Map<string, MediaStreamTrack>();
  for (const { consumerId, participantId, source, track } of state.streams.values()) {
    const isPicture = source === "camera" || source === "screen";
    if (isPicture && state.paused.has(consumerId)) continue;
    tracks.set(`${participantId}/${source}`, track);
  }
  return tracks;
}

/** Who is shown: screens first, then everybody else in the order of joining, oneself last. */
export function tilesOf(state: SessionState, slots: number): TileSet {
  const tracks = tracksBySource(state);
  const screens: TileView[] = [];
  const people: TileView[] = [];
  const own: TileView[] = [];
  for (const participant of state.participants) {
    const { participant_id: participantId, display_name: name, sources } = participant;
    const isSelf = participantId === state.selfId;
    const trackOf = (source: MediaSource) => tracks.get(`${participantId}/${source}`);
    const isOn = (source: MediaSource) => {
      const found = sources.find((candidate) => candidate.source === source);
      return found !== undefined && !found.paused && !found.muted_by_host;
    };
    const base = {
      participantId,
      name,
      isSelf,
      isAway: participant.state === "away",
      isSpeaking: state.activeSpeaker === participantId,
    };
    const local = (source: MediaSource) => {
      const entry = state.local.get(source);
      return entry && !entry.paused ? entry.track : undefined;
    };
    const camera = isSelf ? local("camera") : isOn("camera") ? trackOf("camera") : undefined;
    const voice = isSelf ? undefined : trackOf("microphone");
    (isSelf ? own : people).push({
      ...base,
      key: participantId,
      isScreen: false,
      isMuted: isSelf ? local("microphone") === undefined : !isOn("microphone"),
      ...(camera ? { video: camera } : {}),
      ...(voice ? { audio: voice } : {}),
    });
    const screen = isSelf ? local("screen") : isOn("screen") ? trackOf("screen") : undefined;
    if (!screen) continue;
    const sound = isSelf ? undefined : trackOf("screen_audio");
    screens.push({
      ...base,
      key: `${participantId}/screen`,
      isScreen: true,
      isMuted: false,
      isSpeaking: false,
      video: screen,
      ...(sound ? { audio: sound } : {}),
    });
  }
  const shown = visible(people, state, slots);
  return { tiles: [...screens, ...shown, ...own], hiddenCount: people.length - shown.length };
}

/** All while there is room; otherwise those whom the server chose for our slots. */
function visible(people: TileView[], state: SessionState, slots: number): TileView[] {
  if (people.length <= slots) return people;
  const assigned = new Set(state.assignments.map(({ participant_id }) => participant_id));
  const chosen = people.filter(({ participantId }) => assigned.has(participantId));
  const others = people.filter(({ participantId }) => !assigned.has(participantId));
  return [...chosen, ...others].slice(0, slots);
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
