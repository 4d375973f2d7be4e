import { SKEW_MS } from "../../shared/limits/gcra.ts";
import type { Store } from "../../shared/store/mod.ts";
import { sha256 } from "../keys/sha256.ts";
import type { LoginFailuresRow, Tables } from "../store/schema.ts";

export interface CountedAttempt {
  /** How many milliseconds to wait: then nothing was counted. 0 where it was counted as failed. */
  readonly waitMs: number;
  /** The password could not be looked at: this attempt counts for nothing. */
  withdraw(): Promise<void>;
}

/** Failed logins by account and address, counted by all processes together. Times are milliseconds since the Unix epoch. */
export interface LoginFailures {
  attempt(key: string): Promise<CountedAttempt>;
  succeeded(key: string): Promise<void>;
  /** Forgets what is too old to count; says how much. */
  sweep(): Promise<number>;
}

export interface LoginWaits {
  /** So many failures cost nothing. */
  readonly freeFailures: number;
  /** The wait after the next one; each further one doubles it, up to the longest. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/**
 * Exponential back-off, never a permanent lock. An attempt counts before its password is looked at, so that many at
 * once gain nothing.
 */
export function loginFailures(store: Store<Tables>, waits: LoginWaits, now: () => number): LoginFailures {
  const forgottenAfterMs = 2 * waits.longestWaitMs;
  const hashOf = (key: string) => sha256(key).toHex();

  /** The wait goes on from the failure before, unless there was another one since. */
  function withdraw(key_hash: string, at: number, lastBefore: number | undefined): Promise<void> {
    return store.exclusively(`login ${key_hash}`, async (t) => {
      const row = await t.selectFrom("login_failures").selectAll().where("key_hash", "=", key_hash)
        .executeTakeFirst();
      if (row === undefined) return;
      const last_at = row.last_at === at ? lastBefore ?? at : row.last_at;
      await t.updateTable("login_failures").set({ failures: Math.max(0, row.failures - 1), last_at })
        .where("key_hash", "=", key_hash).execute();
    });
  }

  return {
    attempt(key) {
      const key_hash = hashOf(key);
      return store.exclusively(`login ${key_hash}`, async (t) => {
        const before = await t.selectFrom("login_failures").selectAll().where("key_hash", "=", key_hash)
          .executeTakeFirst();
        const at = now();
        // A failure of the future is from before the clock was set back, and counts as one of now.
        const waitMs = before === undefined
          ? 0
          : Math.min(before.last_at, at) + waitAfter(before, waits) - at;
        if (waitMs > 0) {
          // Written once, so that the wait ends; and not for the little by which clocks of several machines differ.
          if (before !== undefined && before.last_at > at + SKEW_MS) {
            await t.updateTable("login_failures").set({ last_at: at }).where("key_hash", "=", key_hash)
              .execute();
          }
          return { waitMs, withdraw: async () => {} };
        }
        const isIdle = before === undefined || at - before.last_at > forgottenAfterMs;
        const row = { failures: isIdle ? 1 : before.failures + 1, last_at: at };
        await t.insertInto("login_failures").values({ key_hash, ...row })
          .onConflict((conflict) => conflict.column("key_hash").doUpdateSet(row)).execute();
        return { waitMs: 0, withdraw: () => withdraw(key_hash, at, before?.last_at) };
      });
    },
    async succeeded(key) {
      await store.queries.deleteFrom("login_failures").where("key_hash", "=", hashOf(key)).execute();
    },
    async sweep() {
      const { numDeletedRows } = await store.queries.deleteFrom("login_failures")
        .where("last_at", "<", now() - forgottenAfterMs).executeTakeFirst();
      return Number(numDeletedRows);
    },
  };
}

function waitAfter(
  { failures }: Pick<LoginFailuresRow, "failures">,
  { freeFailures, firstWaitMs, longestWaitMs }: LoginWaits,
): number {
  if (failures < freeFailures) return 0;
  return Math.min(firstWaitMs * 2 ** (failures - freeFailures), longestWaitMs);
}
