import type { Store } from "../../shared/store/mod.ts";
import type { StoredSigningKey } from "../keys/signing_key.ts";
import type { SigningKeyRow, Tables } from "./schema.ts";

/** When keys follow one another; all times in milliseconds. */
export interface RotationTimes {
  /** A key is published this long before it signs, so that every verifier has it by then. */
  readonly publishAheadMs: number;
  /** The longest life of a token: how long a key is still published after its successor signs. */
  readonly longestTokenMs: number;
}

export type Rotation =
  | { readonly done: true; readonly kid: string; readonly previousKid: string | undefined }
  | { readonly done: false; readonly waitMs: number };

/** All keys that are neither revoked nor retired at `now`, the newest first. */
export function usableKeys(store: Store<Tables>, now: number): Promise<SigningKeyRow[]> {
  return store.queries.selectFrom("signing_keys").selectAll()
    .where("revoked_at", "is", null)
    .where((where) => where.or([where("retires_at", "is", null), where("retires_at", ">", now)]))
    .orderBy("active_from", "desc").orderBy("kid").execute();
}

/** The key that signs at `now`: the newest one that is active. */
export function signingKeyAt(keys: readonly SigningKeyRow[], now: number): SigningKeyRow | undefined {
  return keys.find((key) => key.active_from <= now);
}

/**
 * Adds a key as the successor of those that are there, unless the newest of them is younger than `minimumAgeMs`.
 * The check and the insert are one write transaction: over all AC processes, one rotation at a time.
 */
export function rotateKeys(
  store: Store<Tables>,
  fresh: StoredSigningKey,
  now: number,
  minimumAgeMs: number,
  { publishAheadMs, longestTokenMs }: RotationTimes,
): Promise<Rotation> {
  return store.queries.transaction().execute(async (transaction) => {
    const keys = await usableKeys({ ...store, queries: transaction }, now);
    const newest = keys.reduce((latest, key) => Math.max(latest, key.created_at), -Infinity);
    if (now - newest < minimumAgeMs) return { done: false, waitMs: newest + minimumAgeMs - now };
    const current = signingKeyAt(keys, now);
    // Without a key that signs, waiting for verifiers would only mean that nobody gets a token.
    const activeFrom = current === undefined ? now : now + publishAheadMs;
    await transaction.updateTable("signing_keys").set({ retires_at: activeFrom + longestTokenMs })
      .where("retires_at", "is", null).execute();
    await transaction.insertInto("signing_keys")
      .values({ ...fresh, created_at: now, active_from: activeFrom, retires_at: null, revoked_at: null })
      .execute();
    return { done: true, kid: fresh.kid, previousKid: current?.kid };
  });
}

/** Deletes the keys whose last token has expired; gives their ids. */
export async function retireKeys(store: Store<Tables>, now: number): Promise<string[]> {
  const rows = await store.queries.deleteFrom("signing_keys").where("retires_at", "<=", now).returning("kid")
    .execute();
  return rows.map((row) => row.kid);
}

/** Stores keys that were sealed anew under another master key. */
export async function replaceSealed(store: Store<Tables>, keys: readonly StoredSigningKey[]): Promise<void> {
  await store.queries.transaction().execute(async (transaction) => {
    for (const { kid, master_key_id, nonce, ciphertext } of keys) {
      await transaction.updateTable("signing_keys").set({ master_key_id, nonce, ciphertext }).where(
        "kid",
        "=",
        kid,
      )
        .execute();
    }
  });
}
