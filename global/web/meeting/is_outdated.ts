import { maySend, type ModerationNotice, type SessionState } from "../../../shared/client/session_state.ts";

/** Whether what a host did or asked is no news any more: the source is on again, or what was allowed isn't now. */
export function isOutdated(state: SessionState, { source, kind, mayUnmute }: ModerationNotice): boolean {
  if (mayUnmute && !maySend(state, source)) return true;
  return kind !== "muted" || mayUnmute ? state.local.get(source)?.paused === false : false;
}
