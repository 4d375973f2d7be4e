import { inWorker, Pool } from "../../shared/actor/mod.ts";
import type { Result, Scope, WorkerHome } from "../../shared/actor/mod.ts";
import { refuse } from "../errors/errors.ts";
import { hashOfNobody } from "./password_hash.ts";
import { PasswordHasherActor } from "./password_hasher.ts";

/** Hashes and checks passwords; refuses with 503, before any work is done, when too many wait already. */
export interface PasswordPool {
  hash(password: string): Promise<string>;
  /** Without a stored hash it takes as long and says no. */
  matches(password: string, stored: string | undefined): Promise<boolean>;
}

interface PoolOptions {
  /** How many are hashed at a time. */
  readonly hashers: number;
  /** How many may wait for each hasher, at least 1. */
  readonly waiting: number;
  /** Whether each hasher has a Worker, or all of them this isolate. */
  readonly workers: boolean;
}

/** Waiting longer than this for a hash means that nobody waits for the answer any more. */
const TIMEOUT_MS = 15_000;

const MODULE = new URL("./password_hasher_worker.ts", import.meta.url);

function hasherHome(window: number): WorkerHome {
  return inWorker(MODULE, {
    // What @node-rs/argon2 needs: its library, which C library the machine has, and variables that it doesn't list.
    permissions: { ffi: "inherit", read: ["/usr/bin/ldd"], env: "inherit" },
    window,
  });
}

/**
 * A Worker for each password that is hashed at a time: what is next is there already, and its hash begins without a
 * word from this isolate.
 */
export function createPasswordPool(
  scope: Scope,
  { hashers: size, waiting, workers }: PoolOptions,
): PasswordPool {
  // One that is hashed, and one that is next; in this isolate neither leaves the mailbox before its turn.
  const window = workers ? Math.min(2, waiting) : 0;
  const hashers = new Pool(scope, PasswordHasherActor, undefined, {
    size,
    // Together with the one that is next they are as many as may wait.
    capacity: waiting + 1 - window,
    routing: "least-loaded",
    name: "password_hasher",
    ...(workers ? { home: hasherHome(window) } : {}),
  });
  const nobody = hashOfNobody();

  function done<T>(outcome: Result<T, string>): T {
    if (outcome.ok) return outcome.value;
    throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: outcome.error });
  }

  return {
    hash: async (password) => done(await hashers.ask("hash", { password }, { timeoutMs: TIMEOUT_MS })),
    async matches(password, stored) {
      const body = { password, hash: stored ?? nobody };
      const same = done(await hashers.ask("verify", body, { timeoutMs: TIMEOUT_MS }));
      return same && stored !== undefined;
    },
  };
}
