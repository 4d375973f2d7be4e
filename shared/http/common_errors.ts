import { errorTable } from "./error_table.ts";

/** The errors that every service can answer with. */
export const COMMON_ERRORS = {
  INVALID_REQUEST: [400, "The request is not valid"],
  UNAUTHORIZED: [401, "Sign in first: the token is missing, expired or not valid"],
  FORBIDDEN: [403, "You may not do this"],
  NOT_FOUND: [404, "There is nothing here"],
  METHOD_NOT_ALLOWED: [405, "This method is not allowed here"],
  REQUEST_TIMEOUT: [408, "The request's body took too long to arrive"],
  PAYLOAD_TOO_LARGE: [413, "The request's body is too large"],
  UNSUPPORTED_MEDIA_TYPE: [415, "The request's body must be JSON (content-type: application/json)"],
  RATE_LIMITED: [429, "Too many requests: try again later"],
  INTERNAL: [500, "Something went wrong on our side"],
  NOT_IMPLEMENTED: [501, "This is not known here"],
  UNAVAILABLE: [503, "Not available at the moment: try again shortly"],
} as const;

export const refuseCommon = errorTable(COMMON_ERRORS);
