import { z } from "zod";
import { audienceOfScope } from "../../shared/auth/mod.ts";

/** Scopes of a service, separated by one blank: each `{principal}.{operation}.{component}`. */
export const scopeList = z.string().max(2048).refine(
  (text) => text.split(" ").every((scope) => audienceOfScope(scope) !== undefined),
  "is not a list of scopes such as service.register-handler.gc",
);
