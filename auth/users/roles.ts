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
