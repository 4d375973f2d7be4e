import { z } from "zod";
import {
  changePasswordBody,
  registerBody,
  registered,
  userToken,
  userTokenBody,
} from "../../shared/protocol/mod.ts";
import type { Operation } from "./operation.ts";

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

/** What the Auth Controller answers by way of this service. */
export const authOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/api/v1/auth/register",
    summary: "Create an account",
    access: "anyone",
    body: registerBody,
    status: 201,
    answer: registered,
  },
  {
    method: "post",
    path: "/api/v1/auth/user/token",
    summary: "Sign in; also sets the session cookie",
    access: "anyone",
    body: userTokenBody,
    status: 200,
    answer: userToken,
  },
  {
    method: "post",
    path: "/api/v1/auth/user/refresh",
    summary: "A fresh access token by the session cookie",
    access: "session",
    status: 200,
    answer: userToken,
  },
  {
    method: "post",
    path: "/api/v1/auth/user/logout",
    summary: "End the session",
    access: "session",
    status: 204,
  },
  {
    method: "put",
    path: "/api/v1/auth/user/password",
    summary: "Change one's password; ends the other sessions",
    access: "user",
    body: changePasswordBody,
    status: 204,
  },
  {
    method: "get",
    path: "/.well-known/jwks.json",
    summary: "The public keys that verify tokens (RFC 7517)",
    access: "anyone",
    status: 200,
    answer: keySet,
  },
];
