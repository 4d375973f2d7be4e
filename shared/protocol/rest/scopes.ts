import * as z from "zod";

/** The components that scopes are for: AC, GC, MC and MH. */
const scopeComponents = ["ac", "gc", "mc", "mh"] as const;

export type ScopeComponent = (typeof scopeComponents)[number];

const name = "[a-z][a-z0-9-]*";
const scope = `${name}\\.${name}\\.(${scopeComponents.join("|")})`;
const SCOPE = new RegExp(`^${scope}$`);

/** The component of a scope `{principal}.{operation}.{component}`, or `undefined` if it isn't one. */
export function componentOfScope(text: string): ScopeComponent | undefined {
  return SCOPE.test(text) ? scopeComponents.find((one) => text.endsWith(`.${one}`)) : undefined;
}

/** Scopes, separated by one blank. */
export const scopes = z.string().regex(
  new RegExp(`^${scope}( ${scope})*$`),
  "is not a list of scopes such as service.register-handler.gc",
);

/** All scopes of a service. */
export const scopeList = scopes.max(2_048);
