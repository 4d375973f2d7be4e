/** The wait that a refusal's details name, in whole seconds, at least one. */
export function waitSeconds(details: unknown): number {
  const named = typeof details === "object" && details !== null && "waitMs" in details ? details.waitMs : 0;
  return typeof named === "number" ? Math.max(1, Math.ceil(named / 1000)) : 1;
}
