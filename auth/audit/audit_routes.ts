import { jsonResponse, pageOf, readQuery } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { auditQuery } from "../../shared/protocol/mod.ts";
import { authenticateAdministrator } from "../organizations/authenticate_administrator.ts";
import { ownOrAll } from "../organizations/visible_organizations.ts";
import { listAudit } from "../store/audit.ts";
import { shownEntry } from "./audit_listing.ts";
import type { AuditServices } from "./audit_services.ts";

/** `GET /api/v1/admin/audit`: who did what, the newest first; admins see their organisation's, operators all. */
export function auditRoutes(services: AuditServices): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/admin/audit",
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "admin", "operator");
      const { cursor, limit, ...filter } = readQuery(context, auditQuery);
      const organizationId = ownOrAll(caller);
      const rows = await listAudit(services.store, { ...filter, organizationId }, cursor, limit);
      const { items, next_cursor } = pageOf(rows, limit, ({ audit_id }) => audit_id);
      return jsonResponse(200, { items: items.map(shownEntry), next_cursor });
    },
  }];
}
