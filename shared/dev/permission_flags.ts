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

/** The permissions as flags of `deno run` and `deno compile`. */
export function permissionFlags(permissions: Permissions): string[] {
  return KINDS.flatMap((kind) => {
    const value = permissions[kind];
    if (value === undefined || value.length === 0) return [];
    if (value === "all") return [`--allow-${kind}`];
    // In these lists a comma that belongs to a value is written twice.
    const values = [...new Set(value)].map((item) => item.replaceAll(",", ",,"));
    return [`--allow-${kind}=${values.join(",")}`];
  });
}
