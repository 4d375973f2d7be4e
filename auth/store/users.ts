import type { Kysely } from "kysely";
import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "./audit_entry.ts";
import type { Tables, UserRow } from "./schema.ts";
import { endOtherSessions } from "./sessions.ts";

export function findUser(
  { queries }: Pick<Store<Tables>, "queries">,
  userId: string,
): Promise<UserRow | undefined> {
  return queries.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** The accounts with an e-mail address (lower case), of all organisations. */
export function findUsersByEmail({ queries }: Store<Tables>, email: string): Promise<UserRow[]> {
  return queries.selectFrom("users").selectAll().where("email", "=", email).execute();
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

/**
 * Adds a user; `false` if the organisation has one with that address. With `isToBe` also where it answers `false`: it reads
 * what is stored, and nobody changes an account meanwhile. What it throws adds nobody.
 */
export async function addUser(
  store: Store<Tables>,
  user: UserRow,
  record: OnChange,
  isToBe?: (queries: Kysely<Tables>) => Promise<boolean>,
): Promise<boolean> {
  const add = async (queries: Kysely<Tables>) => {
    await insertUser(queries, user);
    await record(queries);
    return true;
  };
  try {
    if (isToBe === undefined) return await store.queries.transaction().execute(add);
    return await store.exclusively(
      "accounts",
      async (queries) => await isToBe(queries) && await add(queries),
    );
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Adds a user, in a transaction of the caller's; a unique violation if the organisation has one with that address. */
export async function insertUser(queries: Kysely<Tables>, user: UserRow): Promise<void> {
  await queries.insertInto("users").values(user).execute();
}

/** Whether somebody in an organisation has the role `operator`; a disabled account counts, since it can be enabled. */
export async function hasOperator(
  { queries }: Pick<Store<Tables>, "queries">,
  organizationId: string,
): Promise<boolean> {
  const rows = await queries.selectFrom("users").select("roles").where("organization_id", "=", organizationId)
    .where("roles", "like", '%"operator"%').execute();
  return rows.some((row) => rolesOf(row).includes("operator"));
}

/** Adds a user unless the organisation has an operator, or somebody with that address; answers whether it did. */
export function addFirstOperator(store: Store<Tables>, user: UserRow, record: OnChange): Promise<boolean> {
  return addUser(
    store,
    user,
    record,
    async (queries) => !await hasOperator({ queries }, user.organization_id),
  );
}

type UserChange = Partial<Pick<UserRow, "disabled" | "roles" | "display_name">>;
type UserFinder = (userId: string) => Promise<UserRow | undefined>;

/**
 * Changes an account; with `disabled` all of its sessions end in the same moment, `at` (ms since the Unix epoch). Where
 * the change depends on what accounts are, `decide` says it from a fresh reading, and nobody changes any meanwhile; what
 * it throws leaves everything as it was. Gives the account as it was before; `undefined` if there is none.
 */
export async function changeUser(
  store: Store<Tables>,
  userId: string,
  decide: UserChange | ((user: UserRow, find: UserFinder) => Promise<UserChange>),
  at: number,
  record: OnChange<[before: UserRow]>,
): Promise<UserRow | undefined> {
  const { before, ended } = await store.exclusively("accounts", async (queries) => {
    const find: UserFinder = (id) => findUser({ queries }, id);
    const user = await find(userId);
    if (user === undefined) return { before: undefined, ended: false };
    const change = typeof decide === "function" ? await decide(user, find) : decide;
    if (Object.keys(change).length === 0) return { before: user, ended: false };
    await queries.updateTable("users").where("user_id", "=", userId).set((row) => {
      const dated = change.roles === undefined ? change : { ...change, roles_changed_at: at };
      if (change.disabled === undefined) return dated;
      // An account that is disabled again keeps the first time.
      const since = row.fn.coalesce("disabled_at", row.val(at));
      return { ...dated, disabled_at: change.disabled === 1 ? since : null };
    }).execute();
    await record(queries, user);
    const ended = change.disabled === 1;
    if (ended) await endOtherSessions({ queries }, userId, undefined);
    return { before: user, ended };
  });
  // A session that was opened meanwhile could not be seen from within; whoever opens one after this sees the change.
  if (ended) await endOtherSessions(store, userId, undefined);
  return before;
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

/** The roles of now of the accounts whose roles were changed at `since` or later, the latest first. */
export async function listChangedRoles(
  { queries }: Store<Tables>,
  since: number,
  limit: number,
): Promise<{ readonly user_id: string; readonly roles: readonly string[] }[]> {
  const rows = await queries.selectFrom("users").select(["user_id", "roles"])
    .where("roles_changed_at", ">=", since)
    .orderBy("roles_changed_at", "desc").orderBy("user_id", "desc").limit(limit).execute();
  return rows.map(({ user_id, roles }) => ({ user_id, roles: rolesOf({ roles }) }));
}

/**
 * Gives an account another password and ends its sessions but one: both or neither. With `from` only if its password is
 * still that one, as a hash, and it is enabled; `false` if not.
 */
export async function changePassword(
  store: Store<Tables>,
  userId: string,
  hash: string,
  record: OnChange,
  { from, keptSession }: { readonly from?: string; readonly keptSession?: string | undefined } = {},
): Promise<boolean> {
  const isChanged = await store.queries.transaction().execute(async (queries) => {
    const change = queries.updateTable("users").set({ password_hash: hash }).where("user_id", "=", userId);
    const isAsBefore = from === undefined
      ? change
      : change.where("password_hash", "=", from).where("disabled", "=", 0);
    const { numUpdatedRows } = await isAsBefore.executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await endOtherSessions({ queries }, userId, keptSession);
    await record(queries);
    return true;
  });
  // As in `changeUser`.
  if (isChanged) await endOtherSessions(store, userId, keptSession);
  return isChanged;
}

/** The roles of a user or an invitation, as stored. */
export function rolesOf({ roles: text }: Pick<UserRow, "roles">): string[] {
  const roles: unknown = JSON.parse(text);
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
}
