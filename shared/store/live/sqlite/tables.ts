/** A meeting controller or media handler that is registered. */
export interface ProcessRow {
  kind: "controller" | "handler";
  id: string;
  owner: string;
  instance_id: string;
  /** What the process says. */
  state: "ready" | "draining";
  /** 1 once an operator asked for a drain, which only a new instance ends. */
  drained: number;
  load: number;
  heartbeat_ms: number;
  /** What it said of itself at its registration, JSON. */
  registration: string;
}

export interface LeaseRow {
  meeting_id: string;
  controller_id: string;
  instance_id: string;
  shard: string;
  generation: number;
  /** JSON. */
  handlers: string;
  /** JSON. */
  facts: string;
}

export interface SnapshotRow {
  meeting_id: string;
  generation: number;
  snapshot: string;
}

/** One row: no lease that ever was released had a higher generation, so that a new one starts above it. */
export interface FenceRow {
  generation: number;
}

export interface RevocationRow {
  meeting_id: string;
  sub: string;
  at_ms: number;
  banned: number;
}

/** One counter of the generic cell rate algorithm. */
export interface CounterRow {
  rule: string;
  key: string;
  /** Milliseconds since the epoch, with a fraction: from then on the counter is as good as a new one. */
  empty_ms: number;
}

/** A meeting that nobody may place or open any more, and the shard that had it. */
export interface EndedMeetingRow {
  meeting_id: string;
  at_ms: number;
  controller_id: string | null;
  instance_id: string | null;
  shard: string | null;
}

/** The tables of the live store. */
export interface LiveTables {
  processes: ProcessRow;
  leases: LeaseRow;
  ended_meetings: EndedMeetingRow;
  snapshots: SnapshotRow;
  released_fence: FenceRow;
  revocations: RevocationRow;
  counters: CounterRow;
}
