import { answer, done } from "../refusal.ts";
import type { RequestHandlers } from "./request_handler.ts";

const toAll = { too_often: "RATE_LIMITED", over: "NOT_FOUND" } as const;
const refusals = { ...toAll, forbidden: "FORBIDDEN" } as const;

/** The requests for names, raised hands, chat and reactions. */
export const talkRequests: RequestHandlers<"participant.update" | "chat.send" | "reaction.send"> = {
  "participant.update": async (change, { meeting, participantId, ask }) =>
    answer(await ask(meeting, "update", { participantId, change }), refusals),
  "chat.send": async (message, { meeting, participantId, ask }) =>
    answer(await ask(meeting, "chat", { participantId, ...message }), {
      not_found: "NOT_FOUND",
      ...refusals,
    }),
  "reaction.send": async ({ reaction }, { meeting, participantId, ask }) =>
    done(await ask(meeting, "react", { participantId, reaction }), toAll),
};
