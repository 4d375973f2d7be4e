import type { User } from "../accounts/authenticate_user.ts";
import type { MeetingRow } from "../store/schema.ts";

/** Whether a user may change and end a meeting, and is its host: its creator, and the admins of its organisation. */
export function mayManage({ sub, orgId, roles }: User, { creator, org_id }: MeetingRow): boolean {
  return orgId === org_id && (sub === creator || roles.includes("admin"));
}
