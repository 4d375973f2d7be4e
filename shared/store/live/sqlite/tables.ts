import type { CounterTables } from "../../stored_counters.ts";

/** A meeting controller or media handler that is registered. */
export interface ProcessRow {
  kind: "controller" | "handler";
  id: string;
  owner: string;
  instance_id: string;
  /** The state that the process reports. */
  state: "ready" | "draining";
  /** 1 once an operator has asked for a drain. Only a new instance ends it. */
  drained: number;
  load: number;
  heartbeat_ms: number;
  /** The registration as the process sent it, JSON. */
  registration: string;
}

/** An instance of a process whose place another instance has taken. */
export interface ReplacedInstanceRow {
  kind: ProcessRow["kind"];
  id: string;
  instance_id: string;
  replaced_ms: number;
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
  /** 1: the store had lost it, and its controller wrote it back. */
  written_back: number;
  /** When it was placed, opened or held last, within some minutes; 0 if an older program has placed it. */
  used_ms: number;
}

export interface SnapshotRow {
  meeting_id: string;
  generation: number;
  snapshot: string;
}

/** A message of a meeting's chat. */
export interface ChatRow {
  meeting_id: string;
  number: number;
  message: string;
}

/** The generation at which a meeting's lease was released. */
export interface ReleasedLeaseRow {
  meeting_id: string;
  generation: number;
  released_ms: number;
}

export interface RevocationRow {
  meeting_id: string;
  sub: string;
  at_ms: number;
  banned: number;
}

/** A meeting that has ended, and so can't be placed or opened, with the shard that had it. */
export interface EndedMeetingRow {
  meeting_id: string;
  at_ms: number;
  controller_id: string | null;
  instance_id: string | null;
  shard: string | null;
}

/** The tables of the live store. */
export interface LiveTables extends CounterTables {
  processes: ProcessRow;
  replaced_instances: ReplacedInstanceRow;
  leases: LeaseRow;
  ended_meetings: EndedMeetingRow;
  snapshots: SnapshotRow;
  chat: ChatRow;
  released_leases: ReleasedLeaseRow;
  revocations: RevocationRow;
}
