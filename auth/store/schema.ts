import type { CounterTables } from "../../shared/store/stored_counters.ts";

/** The tables of AC. Times are milliseconds since the Unix epoch, flags 0 and 1, documents JSON text. */
export interface Tables extends CounterTables {
  organizations: OrganizationRow;
  users: UserRow;
  sessions: SessionRow;
  invitations: InvitationRow;
  clients: ClientRow;
  signing_keys: SigningKeyRow;
  audit: AuditRow;
  login_failures: LoginFailuresRow;
}

/** Failed logins of an account from an address. */
export interface LoginFailuresRow {
  /** SHA-256 of both, so that no address that somebody typed lies around. */
  key_hash: string;
  failures: number;
  last_at: number;
}

export interface OrganizationRow {
  organization_id: string;
  slug: string;
  name: string;
  open_registration: number;
  /** Whether the bootstrap file sets `open_registration` at each start: until an operator's command has set it. */
  registration_follows: number;
  created_at: number;
}

export interface UserRow {
  user_id: string;
  organization_id: string;
  /** In its canonical form. */
  email: string;
  display_name: string;
  /** Argon2id in PHC form. */
  password_hash: string;
  /** JSON array of role names. */
  roles: string;
  disabled: number;
  /** Since when it is disabled; null while it isn't. */
  disabled_at: number | null;
  /** When its roles were changed last; null where they are as they were given at first. */
  roles_changed_at: number | null;
  created_at: number;
}

export interface SessionRow {
  session_id: string;
  user_id: string;
  /** SHA-256 of the secret in the cookie, and of the one before it. */
  secret_hash: Uint8Array<ArrayBuffer>;
  previous_hash: Uint8Array<ArrayBuffer> | null;
  /** Whether the secret has been presented: until then its answer may have got lost, and the one before it counts. */
  confirmed: number;
  rotated_at: number;
  created_at: number;
  expires_at: number;
}

export interface InvitationRow {
  invitation_id: string;
  organization_id: string;
  /** SHA-256 of the invitation. */
  secret_hash: Uint8Array<ArrayBuffer>;
  /** In its canonical form; null for whoever has the invitation. */
  email: string | null;
  /** JSON array of role names. */
  roles: string;
  /** The user's id who invited, or `system`. */
  created_by: string;
  created_at: number;
  expires_at: number;
  used_by: string | null;
}

export interface ClientRow {
  client_id: string;
  service_type: string;
  /** Scopes separated by blanks. */
  scope: string;
  display_name: string;
  secret_tag: Uint8Array<ArrayBuffer>;
  master_key_id: string;
  created_at: number;
  disabled: number;
  /** The secret before this one, and until when it counts. */
  previous_tag: Uint8Array<ArrayBuffer> | null;
  previous_master_key_id: string | null;
  previous_until: number | null;
}

export interface SigningKeyRow {
  kid: string;
  public_x: string;
  master_key_id: string;
  nonce: Uint8Array<ArrayBuffer>;
  ciphertext: Uint8Array<ArrayBuffer>;
  created_at: number;
  /** From when on it signs: not before every verifier may have fetched it. */
  active_from: number;
  /** When its last token has expired; set when a successor is made. */
  retires_at: number | null;
  revoked_at: number | null;
}

export interface AuditRow {
  audit_id: string;
  at: number;
  organization_id: string | null;
  type: string;
  actor: string;
  subject: string;
  address: string;
  result: string;
  details: string;
}
