import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { removeSubject } from "./commands/removal.ts";
import type { Conduct } from "./conduct.ts";
import type { Meeting } from "./meeting.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";

export interface RemoveRevoked extends Pick<MeetingStateInit, "live" | "meetingId" | "now"> {
  readonly context: Pick<ActorContext<Protocol>, "after" | "ask" | "pipe">;
  readonly meeting: Meeting;
  readonly conduct: Conduct;
  readonly isOver: () => boolean;
}

const retryMs = 2_000;

/**
 * Removes whoever is here and whose tokens were revoked since `sinceMs`, or else since they came. While a meeting is handed
 * over GC tells removals to the controller that it was given to, and while nobody runs it to nobody.
 */
export function removeRevoked(where: RemoveRevoked, sinceMs?: number): void {
  // Whoever was removed and let in again came with their latest device.
  const cameMs = new Map<string, number>();
  for (const { sub, joinedAtMs } of where.meeting.attendees.values()) {
    cameMs.set(sub, Math.max(joinedAtMs, cameMs.get(sub) ?? 0));
  }
  for (const [sub, ms] of cameMs) check(where, sub, sinceMs ?? ms);
}

function check(where: RemoveRevoked, sub: string, sinceMs: number): void {
  const { context, live, meetingId, meeting, conduct, now, isOver } = where;
  const asked = context.ask(live.revocations, "revoked", { meeting_id: meetingId, sub, issued_ms: sinceMs });
  void context.pipe(asked, (revoked) => {
    if (isOver()) return;
    if (!revoked.ok) return void context.after(retryMs, () => check(where, sub, sinceMs));
    if (!revoked.value) return;
    void conduct.carryOut(removeSubject(meeting, sub, now()));
  });
}
