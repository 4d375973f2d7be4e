import { done, refuse } from "../refusal.ts";
import type { RequestHandler, RequestHandlers } from "./request_handler.ts";

const refusals = { forbidden: "FORBIDDEN", over: "NOT_FOUND" } as const;

const notOffered: RequestHandler<"moderation.mute" & "moderation.remove" & "moderation.role"> = () =>
  Promise.resolve(refuse("INVALID_REQUEST", "This server does not offer this request."));

/** The requests of hosts. */
export const moderationRequests: RequestHandlers<
  | "moderation.mute"
  | "moderation.remove"
  | "moderation.admit"
  | "moderation.deny"
  | "moderation.role"
  | "moderation.lock"
  | "meeting.end"
> = {
  "moderation.mute": notOffered,
  "moderation.remove": notOffered,
  "moderation.role": notOffered,
  "moderation.admit": async ({ participant_ids: participantIds }, { meeting, participantId: by, ask }) =>
    done(await ask(meeting, "admit", { by, participantIds }), { ...refusals, full: "MEETING_FULL" }),
  "moderation.deny": async ({ participant_ids: participantIds }, { meeting, participantId: by, ask }) =>
    done(await ask(meeting, "deny", { by, participantIds }), refusals),
  "moderation.lock": async ({ locked }, { meeting, participantId: by, ask }) =>
    done(await ask(meeting, "lock", { by, locked }), { ...refusals, unavailable: "OVERLOADED" }),
  "meeting.end": async (_nothing, { meeting, participantId: by, ask }) =>
    done(await ask(meeting, "end", { by }), refusals),
};
