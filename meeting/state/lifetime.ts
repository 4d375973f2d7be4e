import type { EndingReason, MeetingSettings } from "../../shared/protocol/mod.ts";

/** Since when a meeting runs, and since when no host is in it; null while one is, and before the first one came. */
export interface Lifetime {
  readonly startedAtMs: number;
  readonly hostlessSinceMs: number | null;
}

/** The end of a meeting that nobody asked for. */
export interface Ending {
  readonly reason: EndingReason;
  readonly atMs: number;
}

export interface LifetimeStep {
  /** The meeting ends now. */
  readonly due: Ending | null;
  /** Those inside know of it by now. */
  readonly announced: Ending | null;
  /** When to look again; null: after the next change. */
  readonly wakeInMs: number | null;
}

type LifetimeSettings = Pick<MeetingSettings, "max_duration_minutes" | "end_after_last_host_minutes">;

const MINUTE_MS = 60_000;
/** The maximum duration is announced so long before its end; that no host is left, at once. */
const ANNOUNCE_MS = 5 * MINUTE_MS;

/** What a meeting's settings make of its lifetime at a moment. */
export function lifetimeStep(lifetime: Lifetime, settings: LifetimeSettings, nowMs: number): LifetimeStep {
  const ending = endingOf(lifetime, settings);
  if (ending === null) return { due: null, announced: null, wakeInMs: null };
  const leftMs = ending.atMs - nowMs;
  if (leftMs <= 0) return { due: ending, announced: ending, wakeInMs: null };
  const isAnnounced = ending.reason === "no_host" || leftMs <= ANNOUNCE_MS;
  return isAnnounced
    ? { due: null, announced: ending, wakeInMs: leftMs }
    : { due: null, announced: null, wakeInMs: leftMs - ANNOUNCE_MS };
}

/** The lifetime after a look at whether a host is in, and was in at the last look. */
export function withHost(
  lifetime: Lifetime,
  { isHostIn, wasHostIn }: { readonly isHostIn: boolean; readonly wasHostIn: boolean },
  nowMs: number,
): Lifetime {
  if (isHostIn) return lifetime.hostlessSinceMs === null ? lifetime : { ...lifetime, hostlessSinceMs: null };
  return wasHostIn ? { ...lifetime, hostlessSinceMs: nowMs } : lifetime;
}

/** The lifetime by a clock that was set: a meeting is no older, and no younger, for it. */
export function byClockSet({ startedAtMs, hostlessSinceMs }: Lifetime, setByMs: number): Lifetime {
  return {
    startedAtMs: startedAtMs + setByMs,
    hostlessSinceMs: hostlessSinceMs === null ? null : hostlessSinceMs + setByMs,
  };
}

/** The earlier of both ends. */
function endingOf(lifetime: Lifetime, settings: LifetimeSettings): Ending | null {
  return endingsOf(lifetime, settings).reduce<Ending | null>(
    (first, ending) => first === null || ending.atMs < first.atMs ? ending : first,
    null,
  );
}

/** The ends that are to come, at most one for each reason. */
export function endingsOf(
  { startedAtMs, hostlessSinceMs }: Lifetime,
  { max_duration_minutes, end_after_last_host_minutes }: LifetimeSettings,
): readonly Ending[] {
  const endings: Ending[] = [];
  if (max_duration_minutes !== null) {
    endings.push({ reason: "max_duration", atMs: startedAtMs + max_duration_minutes * MINUTE_MS });
  }
  if (end_after_last_host_minutes !== null && hostlessSinceMs !== null) {
    endings.push({ reason: "no_host", atMs: hostlessSinceMs + end_after_last_host_minutes * MINUTE_MS });
  }
  return endings;
}
