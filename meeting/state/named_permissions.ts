import type { Permission } from "../../shared/protocol/mod.ts";
import type { PermissionChanges } from "../../shared/store/live/mod.ts";
import type { Change, Meeting } from "./meeting.ts";
import { nothingPermitted } from "./rights.ts";

/**
 * The change by which the meeting's setting holds again for the permissions that are named, and for those that changes of
 * the setting have named since the meeting last looked: also while nobody ran it, or another controller did. Undefined
 * where there are none.
 */
export function heedNamed(
  { permissionChanges: known }: Pick<Meeting, "permissionChanges">,
  told: PermissionChanges = {},
  named: readonly Permission[] = [],
): Change | undefined {
  // The keys are the permissions, which TypeScript can't follow through `keys`.
  const all = Object.keys(nothingPermitted) as Permission[];
  const since = all.filter((name) => (told[name] ?? 0) > (known[name] ?? 0));
  const names = [...new Set([...named, ...since])];
  if (names.length === 0) return undefined;
  // Of two changes at once the older one may be told last.
  const permissionChanges = {
    ...known,
    ...Object.fromEntries(since.map((name) => [name, told[name] ?? 0])),
  };
  return { change: "permissions.reset", names, permissionChanges };
}
