/** What a participant has on a router other than that of their newest transports: they are being moved away from it. */
export interface Remnant {
  readonly routerId: string;
  /** Whether each producer is paused, by its id. */
  readonly producers: Map<string, boolean>;
  /** By the producer's id. */
  readonly consumers: Map<string, { readonly paused: boolean }>;
  /** It is closed at this time at the latest. */
  readonly untilMs: number;
}

/** By participant. */
export type Remnants = Map<string, readonly Remnant[]>;

/** How long older transports live on beside newer ones on another router at the most. */
const keptMs = 10_000;

export function* allRemnants(remnants: Remnants): Iterable<Remnant> {
  for (const theirs of remnants.values()) yield* theirs;
}

/** Notes what a participant still has on a router: for a while, unless it is known until when. */
export function addRemnant(
  remnants: Remnants,
  participantId: string,
  { routerId, producers, consumers, untilMs }: Omit<Remnant, "untilMs"> & {
    readonly untilMs?: number | undefined;
  },
  nowMs: number,
): void {
  takeRemnant(remnants, participantId, routerId);
  const remnant = { routerId, producers, consumers, untilMs: untilMs ?? nowMs + keptMs };
  remnants.set(participantId, [...remnants.get(participantId) ?? [], remnant]);
}

/** Forgets what a participant had on a router. */
export function takeRemnant(
  remnants: Remnants,
  participantId: string,
  routerId: string,
): Remnant | undefined {
  const theirs = remnants.get(participantId) ?? [];
  const others = theirs.filter((one) => one.routerId !== routerId);
  if (others.length === 0) remnants.delete(participantId);
  else remnants.set(participantId, others);
  return theirs.find((one) => one.routerId === routerId);
}

/** Forgets what is on these routers. Answers it, by participant. */
export function takeRemnantsOn(remnants: Remnants, routerIds: ReadonlySet<string>): Remnants {
  const taken: Remnants = new Map();
  for (const [participantId, theirs] of [...remnants]) {
    const gone = theirs.filter(({ routerId }) => routerIds.has(routerId));
    if (gone.length > 0) taken.set(participantId, gone);
    for (const { routerId } of gone) takeRemnant(remnants, participantId, routerId);
  }
  return taken;
}

/** Ends what has been kept until now. Answers the participants. */
export function endRemnants(remnants: Remnants, nowMs: number): string[] {
  const ended = [...remnants].filter(([, theirs]) => theirs.some((one) => isEnding(one, nowMs)));
  for (const [participantId, theirs] of ended) {
    remnants.set(
      participantId,
      theirs.map((one) => isEnding(one, nowMs) ? { ...one, untilMs: -Infinity } : one),
    );
  }
  return ended.map(([participantId]) => participantId);
}

function isEnding({ untilMs }: Remnant, nowMs: number): boolean {
  return untilMs <= nowMs && untilMs !== -Infinity;
}

/** When the next of them ends; `Infinity` while none is to. What has ended waits for its handler. */
export function nextRemnantEndMs(remnants: Remnants): number {
  return [...allRemnants(remnants)].filter(({ untilMs }) => untilMs !== -Infinity)
    .reduce((next, { untilMs }) => Math.min(next, untilMs), Infinity);
}
