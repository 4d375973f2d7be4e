import * as z from "zod";
import { count, displayName, id, time } from "../text.ts";
import { email, newPassword, organizationSlug } from "./auth.ts";
import { listOf, listQuery } from "./lists.ts";
import { scopeList, scopes } from "./scopes.ts";

/** A list of one organisation, or of all that the administrator sees. */
export const organizationListQuery = listQuery.extend({ organization: organizationSlug.exactOptional() });

/** What somebody can be: in their organisation `member` and `admin`, on the platform `operator`. */
export const role = z.enum(["member", "admin", "operator"]);

/** The roles of one account: each at most once, and everybody is a member. */
export const roleList = z.array(role).min(1).max(3)
  .refine((roles) => new Set(roles).size === roles.length, "names a role twice")
  .refine((roles) => roles.includes("member"), "everybody is a member")
  .meta({ uniqueItems: true, contains: { const: "member" } });

export const newUserBody = z.strictObject({
  email,
  password: newPassword,
  display_name: displayName,
  roles: roleList.default(["member"]),
  /** Operators alone may name another one than their own. */
  organization: organizationSlug.exactOptional(),
});

export const userChange = z.strictObject({
  disabled: z.boolean().exactOptional(),
  roles: roleList.exactOptional(),
});

/** An account as its administrators see it. */
export const account = z.object({
  user_id: id,
  organization_id: id,
  email: z.string(),
  display_name: displayName,
  roles: z.array(z.string()),
  disabled: z.boolean(),
  created_at: time,
});

export const newInvitationBody = z.strictObject({
  email: email.exactOptional(),
  roles: roleList.default(["member"]),
  expires_in_seconds: z.int().min(60).max(90 * 86_400).default(7 * 86_400),
  organization: organizationSlug.exactOptional(),
});

/** An invitation as administrators see it; its secret is in the answer that made it alone. */
export const invitation = z.object({
  invitation_id: id,
  organization_id: id,
  email: z.string().exactOptional(),
  roles: z.array(z.string()),
  expires_at: time,
});

/** The kind of a service client. */
export const serviceType = z.string().regex(/^[a-z][a-z0-9-]{0,47}$/, "is not a service type");

export const newClientBody = z.strictObject({
  service_type: serviceType,
  scope: scopeList,
  display_name: displayName.exactOptional(),
});

export const clientChange = z.strictObject({
  scope: scopeList.exactOptional(),
  display_name: displayName.exactOptional(),
  disabled: z.boolean().exactOptional(),
});

/** 30 days of grace: whoever needs longer has forgotten about it. */
export const secretRotation = z.strictObject({
  grace_seconds: z.int().min(0).max(30 * 86_400).default(0),
});

/** A service client; `client_secret` is in the answers that make one. */
export const serviceClient = z.object({
  client_id: id,
  service_type: serviceType,
  scope: z.string(),
  display_name: displayName,
  disabled: z.boolean(),
  created_at: time,
});

/** RFC 6749 §4.4.2: a form. The client may also authenticate by HTTP Basic. */
export const serviceTokenForm = z.object({
  grant_type: z.literal("client_credentials"),
  scope: scopes.exactOptional(),
  client_id: z.string().exactOptional(),
  client_secret: z.string().exactOptional(),
});

/** RFC 6749 §5.1. */
export const serviceTokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: count,
  scope: z.string(),
});

/** The codes of RFC 6749 §5.2 that the token endpoint has, and from its §4.1.2.1 those for what is no fault of the client. */
export const oauthErrorCode = z.enum([
  "invalid_request",
  "invalid_client",
  "unsupported_grant_type",
  "invalid_scope",
  "temporarily_unavailable",
  "server_error",
]);

export type OAuthErrorCode = z.infer<typeof oauthErrorCode>;

/** RFC 6749 §5.2: the form of the token endpoint's refusals. */
export const oauthErrorBody = z.object({ error: oauthErrorCode, error_description: z.string() });

export const accountList = listOf(account);
export const invitationList = listOf(invitation);
export const serviceClientList = listOf(serviceClient);
