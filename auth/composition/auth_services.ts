import type { AuditServices } from "../audit/audit_services.ts";
import type { KeyServices } from "../keys/key_services.ts";
import type { SessionServices } from "../sessions/session_services.ts";

/** The stores and actors of this process, as its routes use them. */
export type AuthServices = SessionServices & KeyServices & AuditServices;
