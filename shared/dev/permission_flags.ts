/** What a process may do; a list that is empty or absent is a permission that isn't given. */
export interface Permissions {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** `host:port` each; `"all"` where the peers are only known from the registry. */
  readonly net?: readonly string[] | "all";
  /** Names, `*` at the end allowed; `"all"` where a library insists. */
  readonly env?: readonly string[] | "all";
  readonly run?: readonly string[];
  readonly ffi?: readonly string[];
  readonly sys?: readonly string[];
}

const KINDS = ["read", "write", "net", "env", "run", "ffi", "sys"] as const;

/**
 * The permissions as flags of `deno run` and `deno compile`.
 *
 * @throws {RangeError} if a value has a comma: the runtime would take it for two
 */
export function permissionFlags(permissions: Permissions): string[] {
  return KINDS.flatMap((kind) => {
    const value = permissions[kind];
    if (value === undefined || value.length === 0) return [];
    if (value === "all") return [`--allow-${kind}`];
    for (const item of value) {
      if (item.includes(",")) throw new RangeError(`--allow-${kind} can't name "${item}": it has a comma`);
    }
    return [`--allow-${kind}=${[...new Set(value)].join(",")}`];
  });
}
