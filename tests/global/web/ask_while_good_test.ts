import { assertEquals } from "@std/assert";
import { askWhileGood } from "../../../global/web/seat/ask_while_good.ts";
import type { ApiFailure, ApiResult } from "../../../shared/client/http.ts";
import { manualClock } from "../../manual_clock.ts";

const refusal = (status: number, code: string, retryAfterSeconds?: number): ApiFailure => ({
  status,
  code,
  message: "No.",
  ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
});
const unreached = refusal(0, "NETWORK");

/** Asks for a seat that was left at 0 s, at 1 s by the clock. Each is refused as `failures` say, then answered. */
function start(failures: readonly ApiFailure[]) {
  const clock = manualClock(1_000);
  const times: number[] = [];
  let isOver = false;
  const ask = (): Promise<ApiResult<string>> => {
    const error = failures[times.length];
    times.push(clock.now());
    return Promise.resolve(error ? { ok: false, error } : { ok: true, value: "ticket" });
  };
  const answer = askWhileGood({ seat: { atMs: 0 }, ask, isOver: () => isOver, clock, random: () => 0.5 });
  async function wait(...delaysMs: number[]): Promise<void> {
    for (const delayMs of delaysMs) {
      await clock.until(delayMs);
      clock.advance(delayMs);
    }
  }
  return { answer, times, clock, wait, end: () => isOver = true };
}

Deno.test("seat › a server that fails for a moment is asked again", async () => {
  const { answer, times, wait } = start([unreached, refusal(503, "UNAVAILABLE"), refusal(500, "INTERNAL")]);
  await wait(300, 900, 1_500);
  assertEquals([await answer, times], [{ ok: true, value: "ticket" }, [1_000, 1_300, 2_200, 3_700]]);
});

Deno.test("seat › it is asked for again when the server says", async () => {
  const { answer, times, wait } = start([refusal(429, "RATE_LIMITED", 7)]);
  await wait(7_000);
  assertEquals([(await answer).ok, times], [true, [1_000, 8_000]]);
});

for (
  const [status, code] of [[401, "UNAUTHORIZED"], [403, "FORBIDDEN"], [404, "NOT_FOUND"], [
    410,
    "MEETING_ENDED",
  ]] as const
) {
  Deno.test(`seat › it is not asked for again after ${code}`, async () => {
    const error = refusal(status, code);
    const { answer, times } = start([error]);
    assertEquals([await answer, times], [{ ok: false, error }, [1_000]]);
  });
}

Deno.test("seat › it is asked for no longer than it is good", async () => {
  const { answer, times, wait } = start(Array.from({ length: 20 }, () => unreached));
  await wait(300, 900, 1_500, 2_100, 5_000, 5_000, 5_000, 5_000, 4_200);
  assertEquals([await answer, times.at(-1)], [{ ok: false, error: unreached }, 30_000]);
});

Deno.test("seat › it is not asked for again when nobody waits any more", async () => {
  const { answer, times, clock, end } = start([unreached]);
  await clock.until(300);
  end();
  clock.advance(300);
  assertEquals([await answer, times], [{ ok: false, error: unreached }, [1_000]]);
});
