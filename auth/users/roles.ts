import { z } from "zod";

/** What somebody can be: in their organisation `member` and `admin`, on the platform `operator`. */
export const role = z.enum(["member", "admin", "operator"]);

/** The roles of one account: each at most once, and everybody is a member. */
export const roleList = z.array(role).min(1).max(3)
  .refine((roles) => new Set(roles).size === roles.length, "names a role twice")
  .refine((roles) => roles.includes("member"), "everybody is a member");

/** Whether somebody with `own` roles may make `before` into `after`: nobody gives or takes what they don't have. */
export function mayChangeRoles(
  own: readonly string[],
  before: readonly string[],
  after: readonly string[],
): boolean {
  const changed = [
    ...after.filter((name) => !before.includes(name)),
    ...before.filter((name) => !after.includes(name)),
  ];
  return changed.every((name) => own.includes(name));
}

/** Whether somebody with `own` roles has a say over an account with `theirs`. */
export function outranks(own: readonly string[], theirs: readonly string[]): boolean {
  return theirs.every((name) => own.includes(name));
}
