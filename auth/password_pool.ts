import type { ActorRef, Scope } from "../shared/actor/mod.ts";
import { PasswordHasherActor } from "./actors/password_hasher.ts";
import type { PasswordHasher } from "./actors/password_hasher.ts";
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
  const members = Array.from({ length: workers }, (_, index) => ({
    ref: scope.spawn(PasswordHasherActor, undefined, { name: `password_hasher_${index}`, capacity: waiting }),
    busy: 0,
  }));

  async function withLeastBusy<T>(
    work: (ref: ActorRef<typeof PasswordHasher>) => Promise<{ ok: true; value: T } | { ok: false }>,
  ): Promise<T> {
    const member = members.reduce((least, candidate) => candidate.busy < least.busy ? candidate : least);
    member.busy++;
    try {
      const outcome = await work(member.ref);
      if (!outcome.ok) throw refuse("OVERLOADED", { retryAfterSeconds: 1 });
      return outcome.value;
    } finally {
      member.busy--;
    }
  }

  const hash = (password: string) =>
    withLeastBusy((ref) => ref.ask("hash", { password }, { timeoutMs: TIMEOUT_MS }));
  const nobody = await hash(crypto.randomUUID());
  return {
    hash,
    async matches(password, stored) {
      const body = { password, hash: stored ?? nobody };
      const same = await withLeastBusy((ref) => ref.ask("verify", body, { timeoutMs: TIMEOUT_MS }));
      return same && stored !== undefined;
    },
  };
}
