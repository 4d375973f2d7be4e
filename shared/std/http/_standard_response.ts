import { STATUS_TEXT, type StatusCode } from "./status.ts";

/** Statuses that come without content, RFC 9110 §15. */
const withoutBody: ReadonlySet<StatusCode> = new Set([101, 204, 205, 304]);

/** A response whose content is the name of its status. */
export function standardResponse(
  status: StatusCode,
  headers: HeadersInit = {},
): Response {
  const statusText = STATUS_TEXT[status];
  return new Response(withoutBody.has(status) ? null : statusText, {
    status,
    statusText,
    headers,
  });
}
