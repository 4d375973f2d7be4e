import type { SessionState } from "../../../shared/client/session_state.ts";

/** Whether we are in the waiting room, also while the connection is restored. Whoever is in is a participant. */
export function isWaiting(
  { phase, selfId, participants }: Pick<SessionState, "phase" | "selfId" | "participants">,
): boolean {
  if (phase === "waiting") return true;
  return phase === "reconnecting" && !participants.some(({ participant_id }) => participant_id === selfId);
}
