import type { PermissionsChange } from "../protocol/rest.ts";
import type { MediaSource, RequestAnswer, RequestData, RequestType } from "../protocol/signaling.ts";
import type { Result } from "../actor/result.ts";
import type { RequestCode } from "./signaling.ts";

export type Answer<T extends RequestType> = Promise<Result<RequestAnswer<T>, RequestCode>>;

export type Request = <T extends RequestType>(type: T, data: RequestData<T>) => Answer<T>;

/** What a participant asks of the meeting, and what changes nothing here until the server tells it. */
export interface SessionRequests {
  /** Any request of the protocol that has no method of its own here. */
  request: Request;
  sendReaction(reaction: string): Answer<"reaction.send">;
  /** Changes one's own name, or raises or lowers one's hand. */
  updateSelf(change: RequestData<"participant.update">): Answer<"participant.update">;
  mute(participantId: string, source: MediaSource, muted: boolean): Answer<"moderation.mute">;
  muteAll(source: MediaSource): Answer<"moderation.mute_all">;
  askUnmute(participantId: string, source: MediaSource): Answer<"moderation.ask_unmute">;
  setPermissions(permissions: PermissionsChange): Answer<"moderation.permissions">;
  suspend(): Answer<"moderation.suspend">;
  setLocked(locked: boolean): Answer<"moderation.lock">;
  setRole(participantId: string, role: "host" | "participant"): Answer<"moderation.role">;
  remove(participantId: string, ban: boolean): Answer<"moderation.remove">;
  endMeeting(): Answer<"meeting.end">;
  admit(participantIds: string[]): Answer<"moderation.admit">;
  deny(participantIds: string[]): Answer<"moderation.deny">;
}

export function sessionRequests(request: Request): SessionRequests {
  return {
    request,
    sendReaction: (reaction) => request("reaction.send", { reaction }),
    updateSelf: (change) => request("participant.update", change),
    mute: (participant_id, source, muted) => request("moderation.mute", { participant_id, source, muted }),
    muteAll: (source) => request("moderation.mute_all", { source }),
    askUnmute: (participant_id, source) => request("moderation.ask_unmute", { participant_id, source }),
    setPermissions: (permissions) => request("moderation.permissions", { permissions }),
    suspend: () => request("moderation.suspend", {}),
    setLocked: (locked) => request("moderation.lock", { locked }),
    setRole: (participant_id, role) => request("moderation.role", { participant_id, role }),
    remove: (participant_id, ban) => request("moderation.remove", { participant_id, ban }),
    endMeeting: () => request("meeting.end", {}),
    admit: (participant_ids) => request("moderation.admit", { participant_ids }),
    deny: (participant_ids) => request("moderation.deny", { participant_ids }),
  };
}
