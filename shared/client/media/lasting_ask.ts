import type { RequestAnswer, RequestData, RequestType } from "../../protocol/signaling.ts";
import type { Clock } from "../../actor/clock.ts";
import { fail, type Failure, type Result } from "../../actor/result.ts";
import type { Ask } from "./media_transports.ts";

/**
 * Sends the request that `choose` returns, and calls `choose` again at each repetition. It is repeated only while `isWanted`
 * says so, given why it was not taken; without it, always.
 */
export type AskChosen = <T extends RequestType>(
  choose: () => { readonly type: T; readonly data: RequestData<T> },
  isWanted?: (failure: Failure) => boolean,
) => Promise<Result<RequestAnswer<T>>>;

export interface LastingAsk {
  readonly ask: Ask;
  readonly askChosen: AskChosen;
  /** There is a connection again, and the server still has the media: whatever was not answered is asked again. */
  goOn(): void;
  /** Nothing is asked any more: what waits is answered with `CLOSED`. */
  end(): void;
}

/** The first pause after a refusal that passes. Each further one is twice as long, up to the longest. */
export const FIRST_PAUSE_MS = 500;
export const LONGEST_PAUSE_MS = 8_000;

/**
 * Requests about media that outlive the connection: the server may or may not have taken one that was not answered, and
 * takes each of these twice without harm. They are asked again in their order. One that was refused for a reason that
 * passes is asked again after a pause, or after the resume if that comes first.
 */
export function createLastingAsk(ask: Ask, clock: Clock): LastingAsk {
  const waiting = new Set<() => void>();
  let isOver = false;

  /** Waits for the resume or the end, and no longer than `longestMs`. */
  async function wait(longestMs: number): Promise<void> {
    if (isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    const cancel = longestMs === Infinity ? () => {} : clock.set(resolve, longestMs);
    await promise;
    cancel();
    waiting.delete(resolve);
  }

  const askChosen: AskChosen = async (choose, isWanted = () => true) => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!isOver) {
      const { type, data } = choose();
      const answer = await ask(type, data);
      if (answer.ok) return answer;
      const { code } = answer.error;
      if (code === "CLOSED") await wait(Infinity);
      // After a time-out the connection may be there, and is asked at once; a lost one answers `CLOSED`.
      else if (code !== "TIMEOUT") {
        const passesSoon = isReplaced(code, type) && pauseMs < LONGEST_PAUSE_MS;
        if (!passes(code, type) && !passesSoon) return answer;
        await wait(pauseMs);
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
      if (!isWanted(answer.error)) return answer;
    }
    return { ok: false, error: fail("CLOSED", "This media is not there any more.") };
  };

  function release(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    ask: (type, data) => askChosen(() => ({ type, data })),
    askChosen,
    goOn: release,
    end() {
      isOver = true;
      release();
    },
  };
}

/** Whether a source's transport is gone from the server. Others that replace it may be on their way, or the word that it goes on. */
function isReplaced(code: string, type: RequestType): boolean {
  return code === "NOT_FOUND" && type === "media.produce";
}

/** Whether nobody knows if the server has taken a request. */
export function isUnanswered({ code }: Failure): boolean {
  return code === "TIMEOUT" || code === "CLOSED";
}

/** Whether the same request may be taken a moment later. */
export function passes(code: string, type: RequestType): boolean {
  if (code === "OVERLOADED" || code === "RATE_LIMITED") return true;
  // A path that can't be opened or repaired, since nobody reaches its handler, is given up for fresh transports.
  return code === "HANDLER_UNAVAILABLE" && type !== "media.connect" && type !== "media.restart_ice";
}
