import type { SessionState } from "../../../shared/client/session_state.ts";

/** Hosts let people in; while none is in the meeting, its members do. */
export function mayAdmit({ role, participants, selfId }: SessionState): boolean {
  if (role === "host") return true;
  const isMember = participants.some(({ participant_id, participant_type }) =>
    participant_id === selfId && participant_type === "member"
  );
  return isMember && !participants.some(({ role }) => role === "host");
}
