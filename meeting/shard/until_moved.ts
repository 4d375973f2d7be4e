import type { Result } from "../../shared/actor/mod.ts";
import type { Migrated } from "../state/migration.ts";

/** A hand-over that nobody takes lasts longer than three seconds. */
const leastMs = 3_500;
/** One that the other controller refuses at once would be refused again at once. */
export const movePauseMs = 1_000;

/**
 * Has a meeting handed over. One that had to be taken back goes on here, and is handed over again after a `pause` of
 * `movePauseMs` while there is the time. Answers whether another controller has it.
 */
export async function untilMoved(
  migrate: () => Promise<Result<Migrated, string>>,
  { remainingMs, pause }: { readonly remainingMs: () => number; readonly pause: () => Promise<void> },
): Promise<boolean> {
  while (true) {
    const migrated = await migrate();
    if (!migrated.ok || migrated.value === "stayed") return false;
    if (migrated.value === "moved") return true;
    if (remainingMs() < movePauseMs + leastMs) return false;
    await pause();
  }
}
