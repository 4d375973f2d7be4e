import type { UserRow } from "../store/schema.ts";
import { rolesOf } from "../store/users.ts";

interface NewUser {
  readonly organizationId: string;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly roles: readonly string[];
}

/** A new account; `now` in milliseconds since the Unix epoch. */
export function newUser(
  { organizationId, email, displayName, passwordHash, roles }: NewUser,
  now: number,
): UserRow {
  return {
    user_id: crypto.randomUUID(),
    organization_id: organizationId,
    email,
    display_name: displayName,
    password_hash: passwordHash,
    roles: JSON.stringify(roles),
    disabled: 0,
    disabled_at: null,
    roles_changed_at: null,
    created_at: now,
  };
}

/** An account as its administrators see it. */
export function shownUser(user: UserRow) {
  return {
    user_id: user.user_id,
    organization_id: user.organization_id,
    email: user.email,
    display_name: user.display_name,
    roles: rolesOf(user),
    disabled: user.disabled === 1,
    created_at: new Date(user.created_at).toISOString(),
  };
}
