import { Failure } from "../../shared/actor/mod.ts";
import { createLimiter } from "../../shared/limits/gcra.ts";
import { MOST_BY_CLICK, NOTICE_RATE, tooOften } from "../routing/notice_rate.ts";
import type { Decision } from "./decision.ts";
import { type Meeting, seated } from "./meeting.ts";

const KEPT_SUBJECTS = 1_000;

/**
 * `talk`: what anybody may say or change of themselves. `stop`: a host's lock or mute, and what else stops somebody. It is
 * never refused, since it can't be repeated before something was loosened. `loosen`: an unlock, an unmute, a permission,
 * another host. `mute_all`: it can be repeated, and concerns everybody's media also where nobody is told. `come`: a join
 * that is none of a participant who is there, with the leave that follows. `change`: what is told later where it is too much.
 */
export type Kind = "talk" | "stop" | "loosen" | "mute_all" | "come" | "change";

/** Limits the notices to everyone that one person causes, on all devices together. Part of the meeting's state. */
export class FanOut {
  readonly #notices = createLimiter(NOTICE_RATE, KEPT_SUBJECTS);

  /** Whether so many may be told of something now. */
  take(kind: Kind, sub: string, recipients: number, nowMs: number): boolean {
    if (kind === "stop") return true;
    const most = kind === "talk" ? NOTICE_RATE.burst : MOST_BY_CLICK;
    const times = kind === "mute_all" ? MOST_BY_CLICK : Math.min(recipients, most);
    return this.#notices.take(`${kind} ${sub}`, nowMs, times) === 0;
  }

  /** What was decided, if it isn't too much of what everybody is told for the participant's person. */
  limit<D extends Decision<object> | Failure>(
    kind: Kind,
    meeting: Meeting,
    participantId: string,
    decided: D,
    nowMs: number,
  ): D | Failure<"too_often"> {
    const sub = meeting.attendees.get(participantId)?.sub;
    if (decided instanceof Failure || sub === undefined) return decided;
    const isForAll = kind === "mute_all" || decided.notices?.some(({ to }) => to === "everyone") === true;
    if (!isForAll || this.take(kind, sub, seated(meeting).length, nowMs)) return decided;
    return tooOften();
  }
}
