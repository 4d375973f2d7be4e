/** Levels are in dBov, -127 to 0, and declared by the sender: a client may make them up. So none counts outside these. */
const floor = -70;
const ceiling = -25;
/** The most by which a report changes a participant's loudness. */
const risePerReport = 10;
const fallPerReport = 5;
/** A silent participant's place goes only to one who is louder by this much. */
const margin = 10;
/** How long a participant keeps a fresh place, however quiet. */
const placeMs = 3_000;
/** Who is this loud in each report for so long, without a pause, doesn't speak: it is noise, or a made-up level. */
const loud = -50;
const breathlessMs = 30_000;
/** What was reported holds for so long. A router reports every 1.2 s, except while all are silent or only two are left. */
const reportMs = 5_000;

interface Voice {
  isPaused: boolean;
  loudness: number;
  /** Since when they have a place among the audible; null for none. */
  placedAtMs: number | null;
  loudSinceMs: number | null;
  /** The time of the last report of their router. */
  reportedAtMs: number;
}

/** Who of a meeting is heard: everyone with a microphone while these are no more than `limit`, else the loudest. */
export interface Audible {
  readonly limit: number;
  /** The participants with a microphone. */
  readonly voices: Map<string, Voice>;
  /** The active speaker of each of the meeting's routers, the one who was reported last at the end. */
  readonly reported: Map<string, string>;
  /** The active speaker. */
  speaker: string | null;
}

export function newAudible(limit: number): Audible {
  return { limit, voices: new Map(), reported: new Map(), speaker: null };
}

export function isAudible({ voices }: Audible, participantId: string): boolean {
  return voices.get(participantId)?.placedAtMs != null;
}

/** Notes a participant's microphone: on, paused, or gone. Answers whether others are audible now than before. */
export function noteMicrophone(
  audible: Audible,
  participantId: string,
  state: "on" | "paused" | "gone",
  nowMs: number,
): boolean {
  const { voices } = audible;
  const voice = voices.get(participantId);
  if (state === "gone") {
    voices.delete(participantId);
    if (voice?.placedAtMs == null) return false;
    const next = loudestWithout(audible);
    if (next !== undefined) next.placedAtMs = nowMs;
    return true;
  }
  const isPaused = state === "paused";
  const noted = voice ??
    { isPaused, loudness: floor, placedAtMs: null, loudSinceMs: null, reportedAtMs: nowMs };
  noted.isPaused = isPaused;
  if (isPaused) noted.loudness = floor;
  voices.set(participantId, noted);
  return noted.placedAtMs === null && place(audible, noted, nowMs, (other) => other.isPaused && !isPaused);
}

/**
 * Notes the levels of all on a router who are loud enough to be reported; the others whom the router `covers` are silent.
 * Answers whether others are audible now than before.
 */
export function noteLevels(
  audible: Audible,
  levels: ReadonlyMap<string, number>,
  covers: (participantId: string) => boolean,
  nowMs: number,
): boolean {
  forgetOld(audible, nowMs);
  for (const [participantId, voice] of audible.voices) {
    if (!covers(participantId)) continue;
    const level = Math.min(Math.max(levels.get(participantId) ?? floor, floor), ceiling);
    voice.loudness = Math.max(
      Math.min(level, voice.loudness + risePerReport),
      voice.loudness - fallPerReport,
    );
    voice.loudSinceMs = level < loud ? null : voice.loudSinceMs ?? nowMs;
    voice.reportedAtMs = nowMs;
  }
  chooseSpeaker(audible, nowMs);
  const hopeful = loudestWithout(audible);
  const isFar = (voice: Voice) =>
    voice.isPaused ||
    nowMs - (voice.placedAtMs ?? nowMs) >= placeMs && hopeful !== undefined &&
      hopeful.loudness >= voice.loudness + margin;
  // One place a report changes hands: however many levels are made up, those who speak aren't swept away.
  return hopeful !== undefined && hopeful.loudness > floor && place(audible, hopeful, nowMs, isFar);
}

/** Notes the active speaker of a router. Answers whether others are audible now than before. */
export function noteSpeaker(
  audible: Audible,
  routerId: string,
  participantId: string | null,
  nowMs: number,
): boolean {
  audible.reported.delete(routerId);
  if (participantId !== null) audible.reported.set(routerId, participantId);
  forgetOld(audible, nowMs);
  chooseSpeaker(audible, nowMs);
  const voice = audible.speaker === null ? undefined : audible.voices.get(audible.speaker);
  return voice?.placedAtMs === null && place(audible, voice, nowMs, () => true);
}

/** Takes everybody for silent of whom nothing was reported for long. A report may be lost, or its router not be reached. */
function forgetOld({ voices }: Audible, nowMs: number): void {
  for (const voice of voices.values()) {
    if (nowMs - voice.reportedAtMs < reportMs) continue;
    voice.loudness = floor;
    voice.loudSinceMs = null;
  }
}

/** The reported speaker, unless that is noise and somebody else speaks. */
function chooseSpeaker(audible: Audible, nowMs: number): void {
  const { voices, speaker } = audible;
  const reportedSpeaker = [...audible.reported.values()].at(-1) ?? null;
  audible.speaker = reportedSpeaker;
  const reported = reportedSpeaker === null ? undefined : voices.get(reportedSpeaker);
  if (reported === undefined || !isBreathless(reported, nowMs)) return;
  let loudest: { id: string; loudness: number } | undefined;
  for (const [id, voice] of voices) {
    if (voice.loudness < loud || isBreathless(voice, nowMs)) continue;
    const loudness = voice.loudness + (id === speaker ? margin : 0);
    if (loudest === undefined || loudness > loudest.loudness) loudest = { id, loudness };
  }
  audible.speaker = loudest?.id ?? reportedSpeaker;
}

function isBreathless({ loudSinceMs }: Voice, nowMs: number): boolean {
  return loudSinceMs !== null && nowMs - loudSinceMs >= breathlessMs;
}

/** Gives a participant a place: a free one, or that of the quietest other who may lose it. Answers whether there was one. */
function place(audible: Audible, voice: Voice, nowMs: number, mayLose: (other: Voice) => boolean): boolean {
  const { voices, limit, speaker } = audible;
  let taken = 0;
  let quietest: Voice | undefined;
  for (const [id, other] of voices) {
    if (other.placedAtMs === null) continue;
    taken++;
    if (id === speaker || !mayLose(other)) continue;
    if (quietest === undefined || rankOf(other) < rankOf(quietest)) quietest = other;
  }
  if (taken >= limit) {
    if (quietest === undefined) return false;
    quietest.placedAtMs = null;
  }
  voice.placedAtMs = nowMs;
  return true;
}

function loudestWithout({ voices }: Audible): Voice | undefined {
  let loudest: Voice | undefined;
  for (const voice of voices.values()) {
    if (voice.placedAtMs === null && (loudest === undefined || rankOf(voice) > rankOf(loudest))) {
      loudest = voice;
    }
  }
  return loudest;
}

/** A paused microphone ranks below all others. */
function rankOf({ isPaused, loudness }: Voice): number {
  return isPaused ? -Infinity : loudness;
}
