import { authenticateService } from "../../shared/auth/mod.ts";
import { readJson, refuseCommon } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { meetingAuditBody, type MeetingAuditEntry } from "../../shared/protocol/mod.ts";
import type { AuditRow } from "../store/schema.ts";
import type { AuditServices } from "./audit_services.ts";

const SCOPE = "service.record-audit.ac";
const log = logger("audit");

/** `POST /api/v1/auth/internal/audit`: what GC and the meeting controllers have on record; 204 once it is stored. */
export function recordAuditRoutes({ verifier, writeAudit }: AuditServices): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/internal/audit",
    async handler(context) {
      await authenticateService(verifier, context, SCOPE);
      const { entries } = await readJson(context, meetingAuditBody);
      try {
        await writeAudit(entries.map(rowOf));
      } catch (cause) {
        log.error("audit entries from outside could not be written", {
          entries: entries.length,
          error: cause,
        });
        throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1, cause });
      }
      return new Response(null, { status: 204 });
    },
  }];
}

function rowOf({ at, details, ...entry }: MeetingAuditEntry): AuditRow {
  return { ...entry, at: Date.parse(at), details: JSON.stringify(details ?? {}) };
}
