import { isUniqueViolation } from "../../shared/store/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import { refuse } from "../errors/errors.ts";
import { randomToken } from "../keys/random_token.ts";
import { sha256 } from "../keys/sha256.ts";
import type { OnChange } from "../store/audit_entry.ts";
import { addInvitation, findInvitation, useInvitation } from "../store/invitations.ts";
import type { InvitationRow, Tables, UserRow } from "../store/schema.ts";
import { findUser, insertUser, rolesOf } from "../store/users.ts";

interface NewInvitation {
  readonly organizationId: string;
  /** Whom it is for, in lower case; whoever has it unless given. */
  readonly email: string | undefined;
  readonly roles: readonly string[];
  /** The user's id who invites, or `system`, who may grant everything. */
  readonly createdBy: string;
  readonly lifetimeSeconds: number;
}

/** Invites somebody; the invitation is had here and never again. */
export async function createInvitation(
  store: Store<Tables>,
  { organizationId, email, roles, createdBy, lifetimeSeconds }: NewInvitation,
  now: number,
  record: OnChange<[row: InvitationRow]>,
): Promise<{ readonly row: InvitationRow; readonly invitation: string }> {
  const invitation = randomToken(32);
  const row: InvitationRow = {
    invitation_id: crypto.randomUUID(),
    organization_id: organizationId,
    secret_hash: sha256(invitation),
    email: email ?? null,
    roles: JSON.stringify(roles),
    created_by: createdBy,
    created_at: now,
    expires_at: now + lifetimeSeconds * 1000,
    used_by: null,
  };
  await addInvitation(store, row, (queries) => record(queries, row));
  return { row, invitation };
}

/** An invitation as administrators see it: what it was made with, and not the invitation itself. */
export function shownInvitation(row: InvitationRow) {
  return {
    invitation_id: row.invitation_id,
    organization_id: row.organization_id,
    ...(row.email === null ? {} : { email: row.email }),
    roles: rolesOf(row),
    expires_at: new Date(row.expires_at).toISOString(),
  };
}

/** Where the invited person registers: in the part of an address that browsers keep to themselves. */
export function invitationLink(pageUrl: string, invitation: string): string {
  return `${pageUrl}/#invitation=${invitation}`;
}

/**
 * The invitation that somebody with this address presents, with what it still grants: nobody hands on a role that
 * they have lost since.
 *
 * @throws {HttpError} 403 if it is used, expired, for somebody else, or from somebody who may not invite any more
 */
export async function openInvitation(
  store: Pick<Store<Tables>, "queries">,
  invitation: string,
  email: string,
  now: number,
): Promise<{ readonly row: InvitationRow; readonly roles: readonly string[] }> {
  const row = await findInvitation(store, sha256(invitation));
  if (row === undefined || row.used_by !== null || row.expires_at <= now) {
    throw refuse("INVITATION_NOT_VALID");
  }
  if (row.email !== null && row.email !== email) throw refuse("INVITATION_NOT_VALID");
  if (row.created_by === "system") return { row, roles: rolesOf(row) };
  const inviter = await findUser(store, row.created_by);
  const own = inviter === undefined || inviter.disabled === 1 ? [] : rolesOf(inviter);
  // An admin's word counts in their own organisation, an operator's in all.
  const isAdmin = own.includes("admin") && inviter?.organization_id === row.organization_id;
  if (!isAdmin && !own.includes("operator")) throw refuse("INVITATION_NOT_VALID");
  return { row, roles: rolesOf(row).filter((role) => own.includes(role)) };
}

/**
 * Adds a user and uses up the invitation that they were made by, both or neither. Nobody's roles change meanwhile.
 *
 * @throws {HttpError} 403 if it was used meanwhile, or doesn't grant the user's roles any more, 409 if there is such an
 * account
 */
export async function acceptInvitation(
  store: Store<Tables>,
  invitation: string,
  user: UserRow,
  record: OnChange,
): Promise<void> {
  try {
    await store.exclusively("accounts", async (queries) => {
      const { row, roles } = await openInvitation({ queries }, invitation, user.email, user.created_at);
      const isMine = JSON.stringify(roles) === user.roles &&
        await useInvitation(queries, row.invitation_id, user.user_id);
      if (!isMine) throw refuse("INVITATION_NOT_VALID");
      await insertUser(queries, user);
      await record(queries);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw refuse("EMAIL_TAKEN");
    throw error;
  }
}
