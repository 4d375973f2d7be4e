import type { Kysely } from "kysely";
import { MAX_KEYS_IN_SET } from "../../shared/auth/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "../store/audit_entry.ts";
import type { SigningKeyRow, Tables } from "../store/schema.ts";
import type { OnStep } from "./rotation_steps.ts";
import type { StoredSigningKey } from "./signing_key.ts";

/** When keys follow one another; all times in milliseconds. */
export interface RotationTimes {
  /** A key is published this long before it signs, so that every verifier has it by then. */
  readonly publishAheadMs: number;
  /** The longest life of a token: how long a key is still published after its successor signs. */
  readonly longestTokenMs: number;
}

/** A key that was made, and the one that it follows. */
export interface Rotated {
  readonly kid: string;
  /** From when on it signs, in milliseconds since the Unix epoch. */
  readonly activeFrom: number;
  readonly previousKid: string | undefined;
}

export type Rotation =
  | { readonly done: true } & Rotated
  | { readonly done: false; readonly waitMs: number };

/**
 * The key that follows a revoked one; `successor` is undefined where the newest key signs already. `isNew`: it was made for
 * that.
 */
export interface Revocation {
  readonly successor: string | undefined;
  readonly isNew: boolean;
}

/** All keys that are neither revoked nor retired at `now`, the newest first. */
export function usableKeys(queries: Kysely<Tables>, now: number): Promise<SigningKeyRow[]> {
  return queries.selectFrom("signing_keys").selectAll()
    .where("revoked_at", "is", null)
    .where((where) => where.or([where("retires_at", "is", null), where("retires_at", ">", now)]))
    .orderBy("active_from", "desc").orderBy("kid").execute();
}

/** All keys that are not revoked, the newest first. */
export function unrevokedKeys(queries: Kysely<Tables>): Promise<SigningKeyRow[]> {
  return queries.selectFrom("signing_keys").selectAll().where("revoked_at", "is", null)
    .orderBy("active_from", "desc").orderBy("kid").execute();
}

/** The key that signs at `now`: the newest one that is active. */
export function signingKeyAt<K extends Pick<SigningKeyRow, "active_from">>(
  keys: readonly K[],
  now: number,
): K | undefined {
  return keys.find((key) => key.active_from <= now);
}

/**
 * Clocks of several machines differ by less. A key created further in the future was created by a wrong clock; if all keys
 * were, this clock is behind.
 */
const SKEW_MS = 10 * 60_000;

/**
 * Adds a key as the successor of those that are there, unless the newest of them is younger than `minimumAgeMs`.
 * The check and the insert are one transaction under a lock: over all AC processes, one rotation at a time, and one
 * that breaks off leaves everything as it was. A clock that was ahead for a while doesn't hold up the next rotation. One
 * that is behind gets a key to sign with, and ends no other: a key with an end by that clock would be gone, and all its
 * tokens with it, as soon as the clock is right again.
 */
export function rotateKeys(
  store: Store<Tables>,
  fresh: StoredSigningKey,
  now: number,
  minimumAgeMs: number,
  { times, record, onStep }: {
    readonly times: RotationTimes;
    readonly record: OnChange<[Rotated]>;
    readonly onStep?: OnStep | undefined;
  },
): Promise<Rotation> {
  return store.exclusively(LOCK, async (queries) => {
    await onStep?.("locked");
    const keys = await usableKeys(queries, now);
    const newest = keys.map((key) => key.created_at).filter((at) => at <= now + SKEW_MS)
      .reduce((latest, at) => Math.max(latest, at), -Infinity);
    if (now - newest < minimumAgeMs) return { done: false, waitMs: newest + minimumAgeMs - now };
    if (keys.length >= MAX_KEYS_IN_SET) return { done: false, waitMs: firstEnd(keys) - now };
    const current = signingKeyAt(keys, now);
    const activeFrom = current === undefined ? now : later(now, times.publishAheadMs);
    const isBehind = keys.length > 0 && newest === -Infinity;
    if (!isBehind) await datePredecessors(queries, activeFrom, times);
    await onStep?.("predecessor_dated");
    await addKey(queries, fresh, now, activeFrom);
    await onStep?.("successor_written");
    const rotated: Rotated = { kid: fresh.kid, activeFrom, previousKid: current?.kid };
    await record(queries, rotated);
    return { done: true, ...rotated };
  }, PATIENCE);
}

/** When the first of these keys may go, and make room for another. */
function firstEnd(keys: readonly SigningKeyRow[]): number {
  return Math.min(...keys.map((key) => key.retires_at ?? Infinity));
}

/**
 * Drops a key at once: nothing that it signed counts any more. Until a successor may sign, one of the keys before it
 * does again, and stays for as long as its new tokens live; only where there is none, `fresh` signs before every
 * verifier can have it. `undefined` if there is no such key.
 */
export function revokeKey(
  store: Store<Tables>,
  kid: string,
  fresh: StoredSigningKey,
  now: number,
  times: RotationTimes,
  record: OnChange<[Revocation]>,
): Promise<Revocation | undefined> {
  return store.exclusively(LOCK, async (queries) => {
    const revocation = await revoke(queries, kid, fresh, now, times);
    if (revocation !== undefined) await record(queries, revocation);
    return revocation;
  }, PATIENCE);
}

async function revoke(
  queries: Kysely<Tables>,
  kid: string,
  fresh: StoredSigningKey,
  now: number,
  times: RotationTimes,
): Promise<Revocation | undefined> {
  const revoked = await queries.updateTable("signing_keys").set({ revoked_at: now }).where("kid", "=", kid)
    .where("revoked_at", "is", null).executeTakeFirst();
  if (revoked.numUpdatedRows === 0n) return undefined;
  const keys = await usableKeys(queries, now);
  const newest = keys.find((key) => key.retires_at === null);
  if (newest !== undefined && newest.active_from <= now) return { successor: undefined, isNew: false };
  const signing = signingKeyAt(keys, now);
  const activeFrom = signing === undefined ? now : newest?.active_from ?? later(now, times.publishAheadMs);
  if (newest === undefined) {
    await datePredecessors(queries, activeFrom, times);
    await addKey(queries, fresh, now, activeFrom);
  } else await change(queries, newest.kid, { active_from: activeFrom });
  // Until the successor signs, the key of now does, and after it any other that is due before the successor.
  const signers = keys.filter((key) =>
    key.kid === signing?.kid ||
    key.kid !== newest?.kid && now < key.active_from && key.active_from < activeFrom
  );
  const retires_at = later(activeFrom, times.longestTokenMs);
  for (const { kid } of signers) await change(queries, kid, { retires_at });
  return { successor: newest?.kid ?? fresh.kid, isNew: newest === undefined };
}

/**
 * A time that is later by so much. What is no date must not be committed: everything that shows the key would fail on it.
 *
 * @throws {RangeError} if there is no such date
 */
function later(at: number, byMs: number): number {
  return Date.parse(new Date(at + byMs).toISOString());
}

async function change(
  queries: Kysely<Tables>,
  kid: string,
  values: Partial<Pick<SigningKeyRow, "active_from" | "retires_at">>,
): Promise<void> {
  await queries.updateTable("signing_keys").set(values).where("kid", "=", kid).execute();
}

const LOCK = "signing keys";
/** A change of keys waits for the one before it. */
const PATIENCE = { forLocks: true };

/** Ends the keys before a successor when the last token that they signed until it signs has expired. */
async function datePredecessors(
  queries: Kysely<Tables>,
  activeFrom: number,
  { longestTokenMs }: RotationTimes,
): Promise<void> {
  await queries.updateTable("signing_keys").set({ retires_at: later(activeFrom, longestTokenMs) })
    .where("retires_at", "is", null).execute();
}

async function addKey(
  queries: Kysely<Tables>,
  fresh: StoredSigningKey,
  now: number,
  activeFrom: number,
): Promise<void> {
  await queries.insertInto("signing_keys")
    .values({ ...fresh, created_at: now, active_from: activeFrom, retires_at: null, revoked_at: null })
    .execute();
}

/** Deletes the keys whose last token has expired; gives the ids of those that retire by it. */
export function retireKeys(
  store: Store<Tables>,
  now: number,
  record: OnChange<[kids: readonly string[]]>,
): Promise<readonly string[]> {
  return store.queries.transaction().execute(async (queries) => {
    const rows = await queries.deleteFrom("signing_keys").where("retires_at", "<=", now)
      .returning(["kid", "revoked_at"]).execute();
    const kids = rows.filter((row) => row.revoked_at === null).map((row) => row.kid);
    await record(queries, kids);
    return kids;
  });
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
