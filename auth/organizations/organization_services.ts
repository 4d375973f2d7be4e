import type { TokenVerifier } from "../../shared/auth/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { RecordAudit, RecordWithin } from "../store/audit_entry.ts";
import type { Tables } from "../store/schema.ts";
import type { Statements } from "../store/statements.ts";

/** What it takes to know whose request it is, and which organisation it is about. */
export interface OrganizationServices {
  readonly store: Store<Tables>;
  readonly statements: Statements;
  readonly verifier: TokenVerifier;
  readonly record: RecordAudit;
  readonly recordWithin: RecordWithin;
}
