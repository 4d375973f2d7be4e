import { type Clock, wallClock } from "../../../shared/actor/clock.ts";
import { endingOfTicket } from "../../../shared/client/endings.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import { retrySchedule } from "../../../shared/client/retry_schedule.ts";
import { goodUntilMs, type KeptSeat } from "./kept_seat.ts";

interface Options<T> {
  readonly seat: Pick<KeptSeat, "atMs">;
  ask(): Promise<ApiResult<T>>;
  /** Nobody waits for the answer any more. */
  isOver(): boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
}

/**
 * Asks for what takes a seat again, and again after a failure that may pass: a server that restarts costs nobody their
 * seat while that is good. Answers the success, the refusal for good, or the last failure.
 */
export async function askWhileGood<T>(
  { seat, ask, isOver, clock = wallClock(), random = Math.random }: Options<T>,
): Promise<ApiResult<T>> {
  const startMs = clock.now();
  const retries = retrySchedule(startMs, goodUntilMs(seat) - startMs, random);
  // The first one is at once.
  retries.next(startMs);
  for (;;) {
    const answer = await ask();
    if (answer.ok || isOver() || endingOfTicket(answer.error) !== undefined) return answer;
    const now = clock.now();
    const { retryAfterSeconds } = answer.error;
    const waitMs = retryAfterSeconds === undefined
      ? retries.next(now)
      : retries.after(retryAfterSeconds * 1_000, now);
    if (waitMs === undefined) return answer;
    await new Promise<void>((resolve) => clock.set(resolve, waitMs));
    if (isOver()) return answer;
  }
}
