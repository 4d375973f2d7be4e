import { isAudible, noteLevels, noteMicrophone, noteSpeaker } from "../layout/audible.ts";
import { concernStreams } from "./concern.ts";
import type { MediaState } from "./media_state.ts";
import { type Producer, producersOf } from "./scene.ts";
import { isPaused } from "./wanted.ts";

/** Notes that a producer came, went or was paused. Of screens, too: a screen's sound is heard with it alone. */
export function noteSource(
  { soundsDue }: Pick<MediaState, "soundsDue">,
  { source, participantId }: Pick<Producer, "source" | "participantId">,
): void {
  if (source !== "camera") soundsDue.add(participantId);
}

/** Takes in the microphones and screens that came, went or were paused since the last time. */
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

/**
 * Gathers the producers that everybody hears: the audible microphones, and the sound of the screens that are shared. What
 * is called a screen's sound without a screen may be the voice of somebody whom a host has muted.
 */
function gatherSounds(state: MediaState): void {
  const { scene, audible, attending, concerned } = state;
  const before = new Set(scene.sounds);
  const all = [...scene.producers.values()];
  const sharing = new Set(
    all.flatMap((one) => one.source === "screen" && !isPaused(one) ? [one.participantId] : []),
  );
  const now = new Set(
    all.filter(({ source, participantId }) =>
      source === "screen_audio"
        ? sharing.has(participantId)
        : source === "microphone" && isAudible(audible, participantId)
    ),
  );
  const added = [...now.difference(before)];
  const gone = before.difference(now);
  if (added.length + gone.size === 0) return;
  const producerIds = [...added, ...gone].map(({ producerId }) => producerId);
  // Those that stay keep their places: in everybody's wants only the others are looked at.
  scene.sounds = scene.sounds.flatMap((one) => gone.has(one) ? added.shift() ?? [] : one).concat(added);
  for (const participantId of attending.keys()) concernStreams(concerned, participantId, producerIds);
}
