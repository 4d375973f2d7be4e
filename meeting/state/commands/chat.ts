import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { ChatMessage, Meeting as WireMeeting } from "../../../shared/protocol/mod.ts";
import type { Decision } from "../decision.ts";
import { insiderOf, type Meeting } from "../meeting.ts";
import { may } from "../rights.ts";
import { nobody } from "./mute.ts";

interface Said {
  readonly participantId: string;
  readonly text: string;
  /** The receiving participant; absent for a message to all. */
  readonly to?: string;
}

/** Sends a chat message to all participants or to one. */
export function chat(
  meeting: Meeting,
  facts: WireMeeting,
  { participantId, text, to }: Said,
  nowMs: number,
): Decision<{ message_id: string; sent_at: string }> | Failure<"not_found" | "forbidden"> {
  const from = insiderOf(meeting, participantId);
  if (from === undefined) return fail("not_found", "You are not in this meeting.");
  if (!may(meeting, facts, from, "chat")) {
    return fail("forbidden", "Only hosts can write in this meeting's chat.");
  }
  if (to !== undefined && insiderOf(meeting, to) === undefined) return nobody();
  const message: ChatMessage = {
    message_id: crypto.randomUUID(),
    from: participantId,
    display_name: from.displayName,
    text,
    ...(to === undefined ? {} : { to }),
    sent_at: new Date(nowMs).toISOString(),
  };
  return {
    answer: { message_id: message.message_id, sent_at: message.sent_at },
    changes: [{ change: "chat", message }],
    notices: [{
      to: to === undefined ? "everyone" : [to, participantId],
      type: "chat.message",
      data: message,
    }],
  };
}
