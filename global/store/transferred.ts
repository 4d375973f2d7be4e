import type { DatabaseLocation, Transferred } from "../../shared/store/mod.ts";
import { migrations } from "./migrations.ts";

/** GC's database for export and import. */
export function transferredGlobal(location: DatabaseLocation): Transferred {
  return {
    service: "global",
    tables: [
      { name: "meetings", key: ["meeting_id"] },
      { name: "identities", key: ["meeting_id", "sub"] },
      { name: "attendances", key: ["sub", "meeting_id"] },
      { name: "removals", key: ["meeting_id", "sub"] },
      { name: "audit_outbox", key: ["audit_id"] },
      { name: "end_outbox", key: ["meeting_id"] },
    ],
    migrations,
    location,
  };
}
