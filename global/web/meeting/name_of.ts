import type { SessionState } from "../../../shared/client/session_state.ts";

/** The name of somebody in the meeting; undefined when they aren't. */
export function nameOf({ participants }: Pick<SessionState, "participants">, id: string): string | undefined {
  return participants.find(({ participant_id }) => participant_id === id)?.display_name;
}
