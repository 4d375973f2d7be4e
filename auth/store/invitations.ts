import type { Kysely } from "kysely";
import type { Store } from "../../shared/store/mod.ts";
import type { InvitationRow, Tables } from "./schema.ts";

export async function addInvitation(store: Store<Tables>, invitation: InvitationRow): Promise<void> {
  await store.queries.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("invitations").where("expires_at", "<=", invitation.created_at).execute();
    await transaction.insertInto("invitations").values(invitation).execute();
  });
}

export function findInvitation(
  store: Store<Tables>,
  secretHash: Uint8Array<ArrayBuffer>,
): Promise<InvitationRow | undefined> {
  return store.queries.selectFrom("invitations").selectAll().where("secret_hash", "=", secretHash)
    .executeTakeFirst();
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
