import type { OrganizationServices } from "../organizations/organization_services.ts";
import type { AuditWriter } from "../store/audit.ts";

/** What it takes to show the audit trail, and to add to it. */
export interface AuditServices extends OrganizationServices {
  /** Writes entries that were recorded elsewhere; they are in the database when it resolves. */
  readonly writeAudit: AuditWriter;
}
