import type { Operation } from "./operation.ts";

/** Refusals that all operations of a kind have. */
const OF_ALL = { 429: ["RATE_LIMITED"], 500: ["INTERNAL"], 503: ["UNAVAILABLE"] };
const OF_BODIES = {
  400: ["INVALID_REQUEST"],
  408: ["REQUEST_TIMEOUT"],
  413: ["PAYLOAD_TOO_LARGE"],
  415: ["UNSUPPORTED_MEDIA_TYPE"],
};
const OF_QUERIES = { 400: ["INVALID_REQUEST"] };
const OF_TOKENS = { 401: ["UNAUTHORIZED"] };
const OF_RIGHTS = { 401: ["UNAUTHORIZED"], 403: ["FORBIDDEN"] };

const OF_ACCESS: Readonly<Record<Operation["access"], Operation["errors"]>> = {
  anyone: {},
  session: {},
  client: {},
  user: OF_TOKENS,
  user_or_anyone: OF_TOKENS,
  meeting: OF_TOKENS,
  admin: OF_RIGHTS,
  operator: OF_RIGHTS,
  service: OF_RIGHTS,
};

/** The codes with which an operation is refused, by status, in the order of the statuses. */
export function refusalsOf(operation: Operation): [number, readonly string[]][] {
  const { access, query, body, errorForm, errors = {} } = operation;
  const codes = new Map<number, Set<string>>();
  const parts = errorForm === "oauth" ? [errors] : [
    OF_ALL,
    OF_ACCESS[access] ?? {},
    ...(body === undefined ? [] : [OF_BODIES]),
    ...(query === undefined ? [] : [OF_QUERIES]),
    errors,
  ];
  for (const part of parts) {
    for (const [status, named] of Object.entries(part)) {
      const known = codes.get(Number(status)) ?? new Set();
      for (const code of named) known.add(code);
      codes.set(Number(status), known);
    }
  }
  return [...codes].sort(([one], [other]) => one - other).map(([status, named]) => [status, [...named]]);
}
