import type { MeetingFacts } from "../../shared/store/live/mod.ts";

/** Whether two readings of a meeting's stored facts say the same. */
export function isSameFacts(one: MeetingFacts, other: MeetingFacts): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
