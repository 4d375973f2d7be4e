import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { AccountServices } from "../accounts/account_services.ts";
import type { AuditForwarder } from "../audit/audit_forwarder_protocol.ts";
import type { PlacementServices } from "../placement/placement_services.ts";
import type { GlobalTables } from "../store/schema.ts";

/** What it takes to keep meetings, and to let people into them. */
export interface MeetingServices extends AccountServices, PlacementServices {
  readonly store: Store<GlobalTables>;
  readonly auditForwarder: ActorRef<typeof AuditForwarder>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
