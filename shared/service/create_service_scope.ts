import { createScope, type Scope } from "../actor/mod.ts";
import type { Life } from "./program.ts";

/**
 * A scope for a service's actors that ends with the program. An actor that failed too often ends the program, and the
 * program's own supervisor starts it again.
 */
export function createServiceScope(
  { stack, fail }: Pick<Life, "stack" | "fail">,
  options: { readonly deadlineMs?: number } = {},
): Scope {
  return stack.use(createScope({
    ...options,
    onFailure: (error, path) => fail(new Error(`"${path}" failed too often`, { cause: error })),
  }));
}
