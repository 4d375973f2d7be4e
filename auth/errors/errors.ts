import { errorTable } from "../../shared/http/mod.ts";

/** The errors of AC beside those that every service has; the token endpoint answers those of RFC 6749. */
export const AUTH_ERRORS = {
  INVALID_CREDENTIALS: [401, "E-mail address or password is wrong"],
  NO_SESSION: [401, "There is no session: sign in"],
  INVITATION_NOT_VALID: [403, "This invitation is used, expired or meant for somebody else"],
  REGISTRATION_CLOSED: [403, "Registration needs an invitation to this organisation"],
  ORIGIN_NOT_ALLOWED: [403, "A page of this origin may not do this"],
  ACCOUNT_DISABLED: [403, "This account is disabled"],
  OWN_ACCOUNT: [403, "Somebody else has to change your own account"],
  USER_NOT_FOUND: [404, "There is no such user"],
  INVITATION_NOT_FOUND: [404, "There is no such invitation, or it was used"],
  ORGANIZATION_NOT_FOUND: [404, "There is no such organisation"],
  CLIENT_NOT_FOUND: [404, "There is no such client"],
  EMAIL_TAKEN: [409, "There is an account with this e-mail address already: sign in"],
  RATE_LIMITED: [429, "Too many requests: try again later"],
  TOO_MANY_ATTEMPTS: [429, "Too many failed attempts: try again later"],
  ROTATION_TOO_SOON: [429, "The newest signing key is too young to be replaced"],
  OVERLOADED: [503, "Too much to do at the moment: try again shortly"],
} as const;

export const refuse = errorTable(AUTH_ERRORS);
