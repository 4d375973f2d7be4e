import type { Clock } from "../../../shared/actor/clock.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";

/** So long a screen stays as it is after the click on Join. A screen in between would be seen as a flicker. */
const PATIENCE_MS = 1_000;

/**
 * Calls back once the server has let somebody in or makes them wait, or takes longer than usual to decide. A refusal is
 * none of these. Returns the function that cancels it.
 */
export function onceDecided(
  { state }: Pick<MeetingSession, "state">,
  callback: () => void,
  clock: Clock,
): () => void {
  let isOver = false;
  function end(): void {
    isOver = true;
    unsubscribe();
    cancel();
  }
  function look(): void {
    const { phase } = state.get();
    if (isOver || phase === "idle" || phase === "joining") return;
    end();
    if (phase !== "ended") callback();
  }
  const cancel = clock.set(() => {
    end();
    callback();
  }, PATIENCE_MS);
  const unsubscribe = state.subscribe(look);
  look();
  return end;
}
