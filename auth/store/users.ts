import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { Tables, UserRow } from "./schema.ts";

/** A user by organisation and e-mail address (lower case). */
export function findUserByEmail(
  store: Store<Tables>,
  organizationId: string,
  email: string,
): Promise<UserRow | undefined> {
  return store.queries.selectFrom("users").selectAll()
    .where("organization_id", "=", organizationId).where("email", "=", email).executeTakeFirst();
}

export function findUser(store: Store<Tables>, userId: string): Promise<UserRow | undefined> {
  return store.queries.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
}

/** Adds a user; `false` if the organisation has one with that address. */
export async function addUser(store: Store<Tables>, user: UserRow): Promise<boolean> {
  try {
    await store.queries.insertInto("users").values(user).execute();
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

export async function setPasswordHash(store: Store<Tables>, userId: string, hash: string): Promise<void> {
  await store.queries.updateTable("users").set({ password_hash: hash }).where("user_id", "=", userId)
    .execute();
}

/** The roles of a user, as stored. */
export function rolesOf(user: UserRow): string[] {
  const roles: unknown = JSON.parse(user.roles);
  return Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [];
}
