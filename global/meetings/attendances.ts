import type { Store } from "../../shared/store/mod.ts";
import type { GlobalTables } from "../store/schema.ts";

/** Notes for good that a user was let into a meeting. */
export async function rememberAttendance(
  { queries }: Store<GlobalTables>,
  { sub, meeting_id, since }: { readonly sub: string; readonly meeting_id: string; readonly since: number },
): Promise<void> {
  await queries.insertInto("attendances").values({ sub, meeting_id, since })
    .onConflict((conflict) => conflict.columns(["sub", "meeting_id"]).doNothing()).execute();
}
