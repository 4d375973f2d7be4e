/** The durable tables of GC. Times are milliseconds since the epoch, flags 0 and 1, documents JSON text. */
export interface GlobalTables {
  meetings: MeetingRow;
  identities: IdentityRow;
  attendances: AttendanceRow;
  removals: RemovalRow;
  audit_outbox: AuditOutboxRow;
  end_outbox: EndOutboxRow;
}

export interface MeetingRow {
  meeting_id: string;
  /** What follows `/m/` in the meeting's link: who knows it may ask to come in. */
  code: string;
  org_id: string;
  /** The `sub` of who created it. */
  creator: string;
  display_name: string;
  max_participants: number;
  /** JSON. */
  settings: string;
  /** JSON: how often changes of the settings have named each permission, also with the value that it had. */
  permission_changes: string;
  created_at: number;
  ended_at: number | null;
  /** Rises with each assignment of the meeting to a controller. */
  term: number;
}

/** Who got a ticket as what, so that a fresh token says the same. */
export interface IdentityRow {
  meeting_id: string;
  sub: string;
  /** JSON. */
  claims: string;
  issued_at: number;
}

/** A user who got a ticket for a meeting, and so may see it in their list. It stays when the meeting has ended. */
export interface AttendanceRow {
  sub: string;
  meeting_id: string;
  /** The first ticket's time. */
  since: number;
}

/** A removal by a host. It outlives the live store, which all doors ask. */
export interface RemovalRow {
  meeting_id: string;
  sub: string;
  /** Tokens issued up to then are refused. */
  removed_at: number;
  /** 1: all tokens are refused. */
  banned: number;
}

/** A meeting's end that the live store doesn't have yet. */
export interface EndOutboxRow {
  meeting_id: string;
  ended_at: number;
}

/** An audit entry that AC doesn't have yet. */
export interface AuditOutboxRow {
  /** A UUID that begins with the entry's time. */
  audit_id: string;
  /** JSON, as it is sent. */
  entry: string;
}
