import { z } from "zod";
import {
  changePasswordBody,
  registerBody,
  registered,
  registration,
  registrationQuery,
  serviceTokenAnswer,
  serviceTokenForm,
  userToken,
  userTokenBody,
} from "../../shared/protocol/mod.ts";
import type { Operation } from "./operation.ts";

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const metadata = z.looseObject({ issuer: z.string(), token_endpoint: z.string(), jwks_uri: z.string() });
const SESSION = { 401: ["NO_SESSION"], 403: ["ORIGIN_NOT_ALLOWED"] };
const GUESSING = { 429: ["TOO_MANY_ATTEMPTS"], 503: ["OVERLOADED"] };

/** How one signs in at the Auth Controller, by way of this service. */
export const authOperations: readonly Operation[] = [
  {
    id: "getRegistration",
    method: "get",
    path: "/api/v1/auth/register",
    summary: "Whether anybody may create an account, or by an invitation alone",
    access: "anyone",
    query: registrationQuery,
    status: 200,
    answer: registration,
  },
  {
    id: "register",
    method: "post",
    path: "/api/v1/auth/register",
    summary: "Create an account",
    access: "anyone",
    body: registerBody,
    status: 201,
    answer: registered,
    errors: {
      403: ["REGISTRATION_CLOSED", "INVITATION_NOT_VALID"],
      409: ["EMAIL_TAKEN"],
      503: ["OVERLOADED"],
    },
  },
  {
    id: "signIn",
    method: "post",
    path: "/api/v1/auth/user/token",
    summary: "Sign in; also sets the session cookie",
    access: "anyone",
    body: userTokenBody,
    status: 200,
    answer: userToken,
    errors: { 401: ["INVALID_CREDENTIALS"], ...GUESSING },
  },
  {
    id: "refreshToken",
    method: "post",
    path: "/api/v1/auth/user/refresh",
    summary: "A fresh access token by the session cookie",
    access: "session",
    status: 200,
    answer: userToken,
    errors: { ...SESSION, 503: ["OVERLOADED"] },
  },
  {
    id: "signOut",
    method: "post",
    path: "/api/v1/auth/user/logout",
    summary: "End the session",
    access: "session",
    status: 204,
    errors: SESSION,
  },
  {
    id: "changePassword",
    method: "put",
    path: "/api/v1/auth/user/password",
    summary: "Change one's password; ends the other sessions",
    access: "user",
    body: changePasswordBody,
    status: 204,
    errors: { 401: ["INVALID_CREDENTIALS"], ...GUESSING },
  },
  {
    id: "issueServiceToken",
    method: "post",
    path: "/api/v1/auth/service/token",
    summary:
      "A service's token: OAuth 2.0 client credentials (RFC 6749 §4.4), whose errors are those of §5.2",
    access: "client",
    body: serviceTokenForm,
    bodyType: "application/x-www-form-urlencoded",
    status: 200,
    answer: serviceTokenAnswer,
    errorForm: "oauth",
    errors: {
      400: ["invalid_request", "invalid_scope", "unsupported_grant_type"],
      401: ["invalid_client"],
      408: ["invalid_request"],
      413: ["invalid_request"],
      429: ["temporarily_unavailable"],
      500: ["server_error"],
      503: ["temporarily_unavailable"],
    },
  },
  {
    id: "getAuthorizationServer",
    method: "get",
    path: "/.well-known/oauth-authorization-server",
    summary: "Where tokens are issued, and how (RFC 8414)",
    access: "anyone",
    status: 200,
    answer: metadata,
  },
  {
    id: "listKeys",
    method: "get",
    path: "/.well-known/jwks.json",
    summary: "The public keys that verify tokens (RFC 7517)",
    access: "anyone",
    status: 200,
    answer: keySet,
    answerType: "application/jwk-set+json",
  },
];
