import { type Failure, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import type { AuditOutbox } from "./audit_outbox.ts";

export const AuditForwarder = protocol({
  /** There may be something to forward. */
  wake: tell(nothing),
});

/** What is wrong with entries, for good, or with AC, for now. */
export type NotRecorded = Failure<"refused" | "unavailable">;

export interface AuditForwarderInit {
  readonly outbox: AuditOutbox;
  /** Has AC store entries, all or none; nothing when it has. Never rejects. */
  readonly post: (entries: readonly unknown[]) => Promise<NotRecorded | undefined>;
  /** Told how many entries wait. */
  readonly onWaiting: (entries: number) => void;
  /** Told of entries that AC does not have: each time that they have to wait, and once when it refuses them. */
  readonly onFailed: (result: "delayed" | "refused", entries: number) => void;
}
