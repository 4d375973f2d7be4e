import type { SessionState } from "../../../shared/client/session_state.ts";

/** One sound to play. */
export interface VoiceView {
  key: string;
  participantId: string;
  name: string;
  isScreen: boolean;
  track: MediaStreamTrack;
}

/** Everybody's sound, each once, whoever has a tile: of two streams of one source the newer counts. */
export function voicesOf({ streams, participants, selfId }: SessionState): VoiceView[] {
  const names = new Map(
    participants.map(({ participant_id, display_name }) => [participant_id, display_name]),
  );
  const voices = new Map<string, VoiceView>();
  for (const { participantId, source, track } of streams.values()) {
    if (track.kind !== "audio" || participantId === selfId) continue;
    const key = `${participantId}/${source}`;
    const name = names.get(participantId) ?? "";
    voices.set(key, { key, participantId, name, isScreen: source === "screen_audio", track });
  }
  return [...voices.values()];
}
