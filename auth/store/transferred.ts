import type { DatabaseLocation, Transferred } from "../../shared/store/mod.ts";
import { migrations } from "./migrations.ts";

/** AC's database for export and import: all but the counters of limits, which are gone in an hour. */
export function transferredAuth(location: DatabaseLocation): Transferred {
  return {
    service: "auth",
    tables: [
      { name: "organizations", key: ["organization_id"] },
      { name: "users", key: ["user_id"] },
      { name: "sessions", key: ["session_id"] },
      { name: "invitations", key: ["invitation_id"] },
      { name: "clients", key: ["client_id"] },
      { name: "signing_keys", key: ["kid"] },
      { name: "login_failures", key: ["key_hash"] },
      { name: "audit", key: ["audit_id"] },
    ],
    migrations,
    location,
  };
}
