import type { Kysely } from "kysely";
import type { Store } from "../../shared/store/mod.ts";
import type { OnChange } from "./audit_entry.ts";
import type { InvitationRow, Tables } from "./schema.ts";

export async function addInvitation(
  store: Store<Tables>,
  invitation: InvitationRow,
  record: OnChange,
): Promise<void> {
  await store.queries.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("invitations").where("expires_at", "<=", invitation.created_at).execute();
    await transaction.insertInto("invitations").values(invitation).execute();
    await record(transaction);
  });
}

export function findInvitation(
  { queries }: Pick<Store<Tables>, "queries">,
  secretHash: Uint8Array<ArrayBuffer>,
): Promise<InvitationRow | undefined> {
  return queries.selectFrom("invitations").selectAll().where("secret_hash", "=", secretHash)
    .executeTakeFirst();
}

/**
 * A page of the invitations that are neither used nor expired at `now`, by their ids, after `cursor`, one more than `limit` if
 * there are more; of all organisations or one.
 */
export function listInvitations(
  { queries }: Store<Tables>,
  organizationId: string | undefined,
  { now, cursor, limit }: { readonly now: number; readonly cursor: string; readonly limit: number },
): Promise<InvitationRow[]> {
  const open = queries.selectFrom("invitations").selectAll().where("used_by", "is", null)
    .where("expires_at", ">", now).where("invitation_id", ">", cursor);
  const some = organizationId === undefined ? open : open.where("organization_id", "=", organizationId);
  return some.orderBy("invitation_id").limit(limit + 1).execute();
}

/** An invitation that is neither used nor expired at `now`, by its id. */
export function findOpenInvitation(
  { queries }: Store<Tables>,
  invitationId: string,
  now: number,
): Promise<InvitationRow | undefined> {
  return queries.selectFrom("invitations").selectAll().where("invitation_id", "=", invitationId)
    .where("used_by", "is", null).where("expires_at", ">", now).executeTakeFirst();
}

/** Withdraws an invitation; `false` if there is none that nobody has used. */
export function withdrawInvitation(
  store: Store<Tables>,
  invitationId: string,
  record: OnChange,
): Promise<boolean> {
  return store.queries.transaction().execute(async (queries) => {
    const result = await queries.deleteFrom("invitations").where("invitation_id", "=", invitationId)
      .where("used_by", "is", null).executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await record(queries);
    return true;
  });
}

/** Uses up an invitation; `false` if somebody else was faster. */
export async function useInvitation(
  queries: Kysely<Tables>,
  invitationId: string,
  userId: string,
): Promise<boolean> {
  const result = await queries.updateTable("invitations").set({ used_by: userId })
    .where("invitation_id", "=", invitationId).where("used_by", "is", null).executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
