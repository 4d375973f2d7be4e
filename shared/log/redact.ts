const SECRET_NAME =
  /token|secret|password|passwd|authorization|cookie|e_?mail|private_?key|master_?key|credential|assertion/i;
const JWT = /\beyJ[\w-]{4,}\.[\w-]*\.[\w-]*/g;
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
/**
 * A domain ends in letters, or in a country's name as DNS spells it (`xn--…`): `mediasoup@3.27.1` in a path is no
 * address. What stands in a link has its `@` as `%40`.
 */
const EMAIL =
  /(?:"[^"\r\n]{1,64}"|[\p{L}\p{M}\p{N}.!#$&'*?^_`{|}~%+-]{1,64})(?:@|%40)(?:[\p{L}\p{M}\p{N}_-]+\.)+(?:xn--[a-z\d-]+|\p{L}[\p{L}\p{M}]+)/giu;
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 4000;

/**
 * A copy of a log field that is safe to write: texts under a name that speaks of a token, secret, password,
 * cookie or e-mail address are replaced, and so is whatever looks like one inside any other text. Errors become
 * `{name, message, stack, cause, errors}`; what is too deep, long or wide is cut.
 */
export function redact(name: string, value: unknown): unknown {
  return safe(name, value, 0);
}

/** The same for a text without a name. */
export function redactText(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return cut.replaceAll(JWT, "[token]").replaceAll(BEARER, "$1 [token]").replaceAll(EMAIL, "[e-mail]");
}

function safe(name: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (SECRET_NAME.test(name)) return "[redacted]";
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object") return `[${typeof value}]`;
  if (depth >= MAX_DEPTH) return "[too deep]";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Error) return safeError(value, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => safe(name, item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([key, item]) => [key, safe(key, item, depth + 1)]));
}

function safeError(error: Error, depth: number): unknown {
  const inside = errorsIn(error);
  return {
    name: error.name,
    message: redactText(error.message),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: safe("cause", error.cause, depth + 1) }),
    ...(inside === undefined ? {} : { errors: safe("errors", inside, depth + 1) }),
  };
}

/** The errors that an error stands for: of several attempts, or of parts of which none could be disposed of. */
function errorsIn(error: Error): unknown[] | undefined {
  if (error instanceof AggregateError) return error.errors;
  return error instanceof SuppressedError ? [error.error, error.suppressed] : undefined;
}
