import type { Clock } from "../actor/clock.ts";
import type { Layout, RequestAnswer } from "../protocol/signaling.ts";
import { FIRST_PAUSE_MS, LONGEST_PAUSE_MS, passes } from "./media/lasting_ask.ts";
import type { Request } from "./session_requests.ts";

export interface LayoutKeeper {
  /** What was last asked for. */
  wanted(): Layout;
  set(layout: Layout): void;
  /** The layout that a join takes along. */
  carry(): Layout;
  /** The server has what the latest join took along. Whatever was set since then is told. */
  enter(): void;
  stop(): void;
}

interface Options {
  readonly layout: Layout;
  readonly request: Request;
  readonly clock: Clock;
  onAnswer(answer: RequestAnswer<"layout.set">): void;
}

/**
 * Sees that the server gets the layout that was set last, also when it was set while there was no connection, or while a
 * join that took along another one was under way. One request at a time: of two a repeated one could overtake the other.
 */
export function keepLayout({ layout, request, clock, onAnswer }: Options): LayoutKeeper {
  let wanted = layout;
  let carried: Layout | undefined;
  /** What the server has confirmed; undefined before the join. */
  let known: Layout | undefined;
  let isTelling = false;
  let cancelPause = () => {};

  async function tell(pauseMs = FIRST_PAUSE_MS): Promise<void> {
    cancelPause();
    if (isTelling || known === undefined || known === wanted) return;
    isTelling = true;
    const asked = wanted;
    const answer = await request("layout.set", asked);
    isTelling = false;
    if (answer.ok) {
      known = asked;
      onAnswer(answer.value);
    } else {
      const { code } = answer.error;
      // The next join takes it along.
      if (code === "CLOSED") return;
      if (code === "TIMEOUT" || passes(code, "layout.set")) {
        const nextMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
        cancelPause = clock.set(() => void tell(nextMs), pauseMs);
        return;
      }
    }
    if (wanted !== asked) void tell();
  }

  return {
    wanted: () => wanted,
    set(layout) {
      wanted = layout;
      void tell();
    },
    carry: () => carried = wanted,
    enter() {
      known = carried ?? known;
      carried = undefined;
      void tell();
    },
    stop: () => cancelPause(),
  };
}
