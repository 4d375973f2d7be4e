import type { ApiFailure } from "../../shared/client/http.ts";

/** A refusal in words, with the field that it is about where there is one. */
export function problemOf({ message, details }: ApiFailure): string {
  const detail = details?.[0];
  return detail === undefined ? message : `${message} ${detail.path}: ${detail.message}`;
}
