/** The wait that a refusal's details name, in whole seconds, at least one. */
export function waitSeconds(details: unknown): number {
  const named = typeof details === "object" && details !== null && "waitMs" in details ? details.waitMs : 0;
  return wholeSeconds(typeof named === "number" ? named : 0);
}

/** A wait in whole seconds, at least one. */
export function wholeSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
