import { isAudible, noteLevels, noteMicrophone, noteSpeaker } from "../layout/audible.ts";
import { concernAll, type MediaState } from "./media_state.ts";
import { producersOf } from "./scene.ts";
import { isPaused } from "./wanted.ts";

/** Takes in the microphones that came, went or were paused since the last time. */
export function settleSounds(state: MediaState, nowMs: number): void {
  const { scene, audible, soundsDue } = state;
  if (soundsDue.size === 0) return;
  for (const participantId of soundsDue) {
    const theirs = producersOf(scene, participantId).filter(({ source }) => source === "microphone");
    const now = theirs.length === 0 ? "gone" : theirs.every(isPaused) ? "paused" : "on";
    noteMicrophone(audible, participantId, now, nowMs);
  }
  soundsDue.clear();
  gatherSounds(state);
}

/** Takes in the levels of a router's loudest microphones. */
export function takeLevels(
  state: MediaState,
  routerId: string,
  levels: ReadonlyMap<string, number>,
  nowMs: number,
): void {
  const { audible, actual } = state;
  const covers = (participantId: string) => actual.participants.get(participantId)?.routerId === routerId;
  if (noteLevels(audible, levels, covers, nowMs)) gatherSounds(state);
}

/** Takes in the active speaker of a router, who is always audible; null for silence. */
export function takeSpeaker(
  state: MediaState,
  routerId: string,
  participantId: string | null,
  nowMs: number,
): void {
  if (noteSpeaker(state.audible, routerId, participantId, nowMs)) gatherSounds(state);
}

/** Gathers the producers that everybody hears: the audible microphones, and the sound of all screens. */
function gatherSounds(state: MediaState): void {
  const { scene, audible } = state;
  const before = scene.sounds;
  const now = [...scene.producers.values()].filter(({ source, participantId }) =>
    source === "screen_audio" || source === "microphone" && isAudible(audible, participantId)
  );
  const isSame = before.length === now.length && before.every((producer, index) => producer === now[index]);
  if (isSame) return;
  scene.sounds = now;
  concernAll(state);
}
