import { Pool } from "../shared/actor/mod.ts";
import type { Result, Scope } from "../shared/actor/mod.ts";
import { PasswordHasherActor } from "./actors/password_hasher.ts";
import { refuse } from "./errors.ts";

/** Hashes and checks passwords; refuses with 503, before any work is done, when too many wait already. */
export interface PasswordPool {
  hash(password: string): Promise<string>;
  /** Without a stored hash it takes as long and says no. */
  matches(password: string, stored: string | undefined): Promise<boolean>;
}

interface PoolOptions {
  /** How many are hashed at a time. */
  readonly workers: number;
  /** How many may wait for each worker. */
  readonly waiting: number;
}

/** Waiting longer than this for a hash means that nobody waits for the answer any more. */
const TIMEOUT_MS = 15_000;

export async function createPasswordPool(
  scope: Scope,
  { workers, waiting }: PoolOptions,
): Promise<PasswordPool> {
  const hashers = new Pool(scope, PasswordHasherActor, undefined, {
    size: workers,
    capacity: waiting,
    routing: "least-loaded",
    name: "password_hasher",
  });

  function done<T>(outcome: Result<T, string>): T {
    if (outcome.ok) return outcome.value;
    throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: outcome.error });
  }

  const hash = async (password: string) =>
    done(await hashers.ask("hash", { password }, { timeoutMs: TIMEOUT_MS }));
  const nobody = await hash(crypto.randomUUID());
  return {
    hash,
    async matches(password, stored) {
      const body = { password, hash: stored ?? nobody };
      const same = done(await hashers.ask("verify", body, { timeoutMs: TIMEOUT_MS }));
      return same && stored !== undefined;
    },
  };
}
