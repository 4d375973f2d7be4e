import { assert } from "@std/assert";
import { OPERATIONS } from "../../../global/openapi/openapi_document.ts";
import { refusalsOf } from "../../../global/openapi/refusals.ts";

const documented = OPERATIONS.map((operation) => ({
  method: operation.method.toUpperCase(),
  path: new RegExp(`^${RegExp.escape(operation.path).replaceAll(/\\\{\w+\\\}/g, "[^/]+")}$`),
  operation,
}));

/** Every refusal that a test meets is one that `/openapi.json` names. What is no operation of it is not looked at. */
export function assertDocumented(
  method: string,
  path: string,
  { status, code }: { readonly status: number; readonly code: string },
): void {
  if (status < 400 || code === "") return;
  const { pathname } = new URL(path, "http://localhost");
  const operation = documented.find((each) => each.method === method && each.path.test(pathname))?.operation;
  if (operation === undefined) return;
  const codes = new Map(refusalsOf(operation)).get(status) ?? [];
  assert(codes.includes(code), `${operation.id} is not said to be refused with ${status} ${code}`);
}
