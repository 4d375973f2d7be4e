import { answer, done } from "../refusal.ts";
import type { RequestHandlers } from "./request_handler.ts";

const refusals = { forbidden: "FORBIDDEN", too_often: "RATE_LIMITED", over: "NOT_FOUND" } as const;
const ofSomebody = { ...refusals, not_found: "NOT_FOUND" } as const;

/** The requests of hosts. */
export const moderationRequests: RequestHandlers<
  | "moderation.mute"
  | "moderation.mute_all"
  | "moderation.ask_unmute"
  | "moderation.permissions"
  | "moderation.suspend"
  | "moderation.remove"
  | "moderation.admit"
  | "moderation.deny"
  | "moderation.role"
  | "moderation.lock"
  | "meeting.end"
> = {
  "moderation.mute": async (data, { meeting, participantId: by, ask }) => {
    const { participant_id: participantId, source, muted } = data;
    return answer(await ask(meeting, "mute", { by, participantId, source, muted }), ofSomebody);
  },
  "moderation.mute_all": async ({ source }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "muteAll", { by, source }), refusals),
  "moderation.ask_unmute": async (
    { participant_id: participantId, source },
    { meeting, participantId: by, ask },
  ) => answer(await ask(meeting, "askUnmute", { by, participantId, source }), ofSomebody),
  "moderation.permissions": async ({ permissions }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "permissions", { by, permissions }), refusals),
  "moderation.suspend": async (_nothing, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "suspend", { by }), refusals),
  "moderation.remove": async (data, { meeting, participantId: by, ask }) => {
    const { participant_id: participantId, ban = false } = data;
    return answer(await ask(meeting, "remove", { by, participantId, ban }), ofSomebody);
  },
  "moderation.role": async ({ participant_id: participantId, role }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "giveRole", { by, participantId, role }), ofSomebody),
  "moderation.admit": async ({ participant_ids: participantIds }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "admit", { by, participantIds }), { ...refusals, full: "MEETING_FULL" }),
  "moderation.deny": async ({ participant_ids: participantIds }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "deny", { by, participantIds }), ofSomebody),
  "moderation.lock": async ({ locked }, { meeting, participantId: by, ask }) =>
    answer(await ask(meeting, "lock", { by, locked }), refusals),
  "meeting.end": async (_nothing, { meeting, participantId: by, ask }) =>
    done(await ask(meeting, "end", { by }), { ...refusals, unavailable: "UNAVAILABLE" }),
};
