import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { Doer } from "../decision.ts";
import { hostOf, type Meeting } from "../meeting.ts";

/** The host who ends the meeting; a failure for anybody else. */
export function mayEnd(meeting: Meeting, { by }: { by: string }): Doer | Failure<"forbidden"> {
  return hostOf(meeting, by) ?? fail("forbidden", "Only a host can end the meeting.");
}
