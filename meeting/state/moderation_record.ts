import type { ActorRef } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MeetingAudit, Moderation } from "./meeting_audit.ts";
import type { Doer } from "./decision.ts";
import type { ShardMetrics } from "../metrics.ts";

export interface ModerationRecordInit {
  readonly meetingId: string;
  readonly audit: ActorRef<typeof MeetingAudit>;
  readonly metrics: Pick<ShardMetrics, "auditFailures">;
}

/** Records a meeting's moderation events for the audit trail: ids alone. Nothing waits for it. */
export class ModerationRecord {
  readonly #init: ModerationRecordInit;

  constructor(init: ModerationRecordInit) {
    this.#init = init;
  }

  put(type: Moderation["type"], by: Doer, subject: string, details: Moderation["details"] = {}): void {
    const { meetingId, audit, metrics } = this.#init;
    const entry = { meetingId, type, actor: by.sub, address: by.address, subject, details };
    if (audit.tell("record", entry) === "accepted") return;
    metrics.auditFailures.add({ result: "lost" });
    logger("audit").error("an audit entry could not be handed on", { entry });
  }
}
