import { z } from "zod";
import { fail, type Failure } from "../../shared/actor/mod.ts";
import { type MediaSource, mediaSource, type SourceState } from "../../shared/protocol/mod.ts";
import type { PauseReason, Producer } from "./scene.ts";

const sources = z.array(mediaSource).readonly();

/** The sources of one participant that may not be seen or heard, whatever the participant's client does. */
export const rights = z.object({
  /** Muted by a host. */
  muted: sources,
  /** Not permitted by the meeting. */
  forbidden: sources,
});

/** A change of a participant's rights. */
export const rightsChange = rights.extend({
  participantId: z.string(),
  /** The sources that the participant has to switch on again by themselves. */
  silenced: sources,
  /** The sources whose first producer is born paused. */
  startMuted: sources,
});

export type Rights = z.infer<typeof rights>;
export type RightsChange = z.infer<typeof rightsChange>;

/** The rights of one participant, and what producers that come later have to know. Part of the media's state. */
export interface HeldRights extends Rights {
  readonly startMuted: Set<MediaSource>;
  /** How often each source was silenced: a producer that was under way meanwhile is silenced as well. */
  readonly silences: Map<MediaSource, number>;
  /** Those that were silenced, and that their owner has not switched since. Their owner's client may not know of it. */
  readonly silenced: Set<MediaSource>;
}

export function everythingAllowed(): HeldRights {
  return { muted: [], forbidden: [], startMuted: new Set(), silences: new Map(), silenced: new Set() };
}

/** A source that is closed rather than paused, because watchers can't tell a paused screen from a still one. */
function isShared(source: MediaSource): boolean {
  return source === "screen" || source === "screen_audio";
}

/** Whether a producer of this source is refused or closed. */
export function isRefused({ forbidden }: Rights, source: MediaSource): boolean {
  return isShared(source) && forbidden.includes(source);
}

/** Whether the participant may not resume a producer of this source. */
export function isDenied({ muted, forbidden }: Rights, source: MediaSource): boolean {
  return muted.includes(source) || forbidden.includes(source);
}

export function notPermitted(): Failure<"forbidden"> {
  return fail("forbidden", "A host has switched this off.");
}

/** Applies a change to what is held of a participant. */
export function holdRights(before: HeldRights, change: RightsChange): HeldRights {
  const silences = new Map(before.silences);
  const all = new Set([...change.silenced, ...change.muted, ...change.forbidden]);
  for (const source of all) silences.set(source, (silences.get(source) ?? 0) + 1);
  return {
    muted: change.muted,
    forbidden: change.forbidden,
    startMuted: new Set([...before.startMuted, ...change.startMuted]),
    silences,
    silenced: before.silenced.union(all),
  };
}

/** An owner's client says whether a source is paused: it needs no word of what silenced that before. */
export function noteHeard({ silenced, startMuted }: HeldRights, source: MediaSource): void {
  silenced.delete(source);
  startMuted.delete(source);
}

/**
 * What a client says of its sources as it comes back, with what it may not have heard of: whatever was silenced meanwhile
 * stays so, until its owner switches it on.
 */
export function heededSources(
  { silenced }: Pick<HeldRights, "silenced">,
  said: readonly SourceState[],
): { readonly sources: readonly SourceState[]; readonly unheard: readonly MediaSource[] } {
  const isUnheard = ({ source, paused }: SourceState) => !paused && silenced.has(source);
  return {
    sources: said.map((one) => isUnheard(one) ? { ...one, paused: true } : one),
    unheard: said.filter(isUnheard).map(({ source }) => source),
  };
}

/** The reasons for which a new producer is paused. A source that is denied has to be switched on again by its owner. */
export function reasonsAtBirth(
  rights: Rights,
  source: MediaSource,
  isPausedByClient: boolean,
): Set<PauseReason> {
  const reasons = new Set<PauseReason>();
  if (rights.muted.includes(source)) reasons.add("host");
  if (rights.forbidden.includes(source)) reasons.add("permission");
  if (isPausedByClient || reasons.size > 0) reasons.add("self");
  return reasons;
}

/** Whether a new producer is opened as paused. */
export function isBornPaused(rights: HeldRights, source: MediaSource, isPausedByClient: boolean): boolean {
  return reasonsAtBirth(rights, source, isPausedByClient || rights.startMuted.has(source)).size > 0;
}

/** The reasons of a producer after a change of its owner's rights. */
export function reasonsAfter(
  { source, pausedBy }: Pick<Producer, "source" | "pausedBy">,
  { muted, forbidden }: Rights,
  silenced: readonly MediaSource[],
): Set<PauseReason> {
  const reasons = new Set(pausedBy);
  const hold = (reason: PauseReason, holds: boolean) =>
    void (holds ? reasons.add(reason) : reasons.delete(reason));
  hold("host", muted.includes(source));
  hold("permission", forbidden.includes(source));
  if (silenced.includes(source) || isDenied({ muted, forbidden }, source)) reasons.add("self");
  return reasons;
}
