import type { SignalingEnd } from "./signaling.ts";
import { errorWords } from "./error_words.ts";
import { type Ending, ending } from "./endings.ts";
import type { LossReason } from "./loss_words.ts";

/** Worth another attempt; `where` says what to ask before it, `why` what made it necessary. */
export interface Again {
  kind: "again";
  where: "same" | "ticket" | "unreachable";
  why: LossReason;
}

export interface Over {
  kind: "over";
  ending: Ending;
}

/** What the end of a socket means for the place in the meeting. */
export function outcomeOfEnd(end: SignalingEnd, wasWaiting: boolean): Over | Again {
  switch (end.reason) {
    case "left":
      return { kind: "over", ending: ending("left") };
    case "removed":
      return { kind: "over", ending: ending(wasWaiting ? "denied" : "removed") };
    case "meetingEnded":
      return { kind: "over", ending: ending("ended") };
    case "replaced":
      return { kind: "over", ending: ending("replaced") };
    case "malformed":
      return { kind: "over", ending: ending("failed", errorWords({ ...end, code: "BAD_ANSWER" })) };
    case "frameTooLarge":
      return {
        kind: "over",
        ending: ending("failed", "Your browser sent too much at once. Join the meeting again."),
      };
    case "tokenRefused":
    case "noSuchMeeting":
    case "movedAway":
      return { kind: "again", where: "ticket", why: end.reason };
    case "unreachable":
      return { kind: "again", where: "unreachable", why: end.reason };
    case "lost":
    case "silent":
    case "noJoinInTime":
    case "tooManyMessages":
      return { kind: "again", where: "same", why: end.reason };
  }
}
