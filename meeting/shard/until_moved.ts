import type { Result } from "../../shared/actor/mod.ts";
import type { Migrated } from "../state/migration.ts";

/** A hand-over that nobody takes lasts longer than three seconds. */
const leastMs = 3_500;
/** One that the other controller refuses at once would be refused again at once. */
const pauseMs = 1_000;
/** People's requests wait during each try, and the live store or GC may be away for long. */
const longestPauseMs = 30_000;

/**
 * Has a meeting handed over. One that had to be taken back, or that was put off, goes on here, and is handed over again
 * after a `pause` while there is the time. Answers whether another controller has it.
 */
export async function untilMoved(
  migrate: () => Promise<Result<Migrated, string>>,
  { remainingMs, pause }: {
    readonly remainingMs: () => number;
    readonly pause: (ms: number) => Promise<void>;
  },
): Promise<boolean> {
  for (let delays = 0;;) {
    const migrated = await migrate();
    if (!migrated.ok || migrated.value === "stayed") return false;
    if (migrated.value === "moved") return true;
    const isPutOff = migrated.value === "put_off";
    const waitMs = isPutOff ? Math.min(pauseMs * 2 ** delays++, longestPauseMs) : pauseMs;
    if (remainingMs() < waitMs + leastMs) return false;
    await pause(waitMs);
  }
}
