import type { Kysely } from "kysely";
import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { Tables, UserRow } from "./schema.ts";

export function findUser(store: Store<Tables>, userId: string): Promise<UserRow | undefined> {
  return store.queries.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** A page of users by their ids, after `cursor`, one more than `limit` if there are more; of all organisations or one. */
export function listUsers(
  store: Store<Tables>,
  organizationId: string | undefined,
  cursor: string,
  limit: number,
): Promise<UserRow[]> {
  const all = store.queries.selectFrom("users").selectAll().where("user_id", ">", cursor);
  const some = organizationId === undefined ? all : all.where("organization_id", "=", organizationId);
  return some.orderBy("user_id").limit(limit + 1).execute();
}

/** Adds a user; `false` if the organisation has one with that address. */
export async function addUser(store: Store<Tables>, user: UserRow): Promise<boolean> {
  try {
    await insertUser(store.queries, user);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Adds a user, in a transaction of the caller's; a unique violation if the organisation has one with that address. */
export async function insertUser(queries: Kysely<Tables>, user: UserRow): Promise<void> {
  await queries.insertInto("users").values(user).execute();
}

/** Changes an account; with `disabled` all of its sessions end in the same moment, `at` (ms since the Unix epoch). */
export async function changeUser(
  store: Store<Tables>,
  userId: string,
  change: Partial<Pick<UserRow, "disabled" | "roles" | "display_name">>,
  at: number,
): Promise<void> {
  await store.queries.transaction().execute(async (transaction) => {
    await transaction.updateTable("users").where("user_id", "=", userId).set((row) => {
      if (change.disabled === undefined) return change;
      // Who is disabled twice is so since the first time.
      const since = row.fn.coalesce("disabled_at", row.val(at));
      return { ...change, disabled_at: change.disabled === 1 ? since : null };
    }).execute();
    if (change.disabled === 1) {
      await transaction.deleteFrom("sessions").where("user_id", "=", userId).execute();
    }
  });
}

/** An account that is disabled, and since when, in milliseconds since the Unix epoch. */
export interface DisabledUser {
  readonly user_id: string;
  readonly disabled_at: number;
}

/** A page of the accounts disabled at `since` or later, the latest first, after `cursor`; one more if there are more. */
export async function listDisabledUsers(
  { queries }: Store<Tables>,
  since: number,
  cursor: DisabledUser | undefined,
  limit: number,
): Promise<DisabledUser[]> {
  const all = queries.selectFrom("users").select(["user_id", "disabled_at"]).$narrowType<DisabledUser>()
    .where("disabled_at", ">=", since);
  const some = cursor === undefined ? all : all.where((row) =>
    row.or([
      row("disabled_at", "<", cursor.disabled_at),
      row.and([row("disabled_at", "=", cursor.disabled_at), row("user_id", "<", cursor.user_id)]),
    ])
  );
  return await some.orderBy("disabled_at", "desc").orderBy("user_id", "desc").limit(limit + 1).execute();
}

export async function setPasswordHash(store: Store<Tables>, userId: string, hash: string): Promise<void> {
  await store.queries.updateTable("users").set({ password_hash: hash }).where("user_id", "=", userId)
    .execute();
}

/** The roles of a user or an invitation, as stored. */
export function rolesOf({ roles: text }: Pick<UserRow, "roles">): string[] {
  const roles: unknown = JSON.parse(text);
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
}
