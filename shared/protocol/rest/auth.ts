import * as z from "zod";
import { canonicalEmail } from "../canonical_email.ts";
import { count, displayName, id, limits } from "../text.ts";

/** In its canonical form, however it was written; AC alone decides whether it exists. */
export const email = z.string().max(limits.emailCharacters, "is too long").overwrite(canonicalEmail)
  .max(limits.emailCharacters, "is too long")
  .regex(/^[^\s@<>"\p{Cc}\p{Cs}]+@[^\s@<>"\p{Cc}\p{Cs}]+$/u, "is not an e-mail address")
  .refine((text) => /@[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(text), "is not an e-mail address");

/** NIST SP 800-63B: length counts, composition rules don't. */
export const newPassword = z.string().min(8, "has fewer than 8 characters")
  .max(limits.passwordCharacters, "is too long");

const givenPassword = z.string().min(1, "is empty").max(limits.passwordCharacters, "is too long");
/** The short name of an organisation, fit for the first label of a host name (RFC 1123). */
export const organizationSlug = z.string().min(1, "is empty").max(63, "is too long").regex(
  /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
  "is not an organisation's name",
);

export const registerBody = z.strictObject({
  email,
  password: newPassword,
  display_name: displayName,
  organization: organizationSlug.exactOptional(),
  invitation: z.string().min(1).max(512).exactOptional(),
});

/** Which organisation is asked about; the host name's, or the first one, where none is named. */
export const registrationQuery = z.strictObject({ organization: organizationSlug.exactOptional() });

/** Whether anybody may register in an organisation; else by an invitation alone. One that doesn't exist is closed. */
export const registration = z.object({ open: z.boolean() });

export const userTokenBody = z.strictObject({
  email,
  password: givenPassword,
  organization: organizationSlug.exactOptional(),
});

export const changePasswordBody = z.strictObject({
  current_password: givenPassword,
  new_password: newPassword,
});

export const registered = z.object({
  user_id: id,
  /** The short name of the account's organisation, for sign-in where the host name doesn't contain it. */
  organization: organizationSlug.exactOptional(),
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: count,
});

/** Answer of login and refresh; `expires_in` in seconds. */
export const userToken = z.object({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: count,
  scope: z.string(),
});

export const participantType = z.enum(["member", "external", "guest"]);
export const meetingRole = z.enum(["host", "participant", "guest"]);

/** The claims of a meeting token beside the registered ones. */
export const meetingClaims = z.object({
  meeting_id: id,
  meeting_org_id: id,
  home_org_id: id,
  participant_type: participantType,
  role: meetingRole,
  capabilities: z.array(z.string().min(1).max(64)).max(32),
  display_name: displayName,
  /** Where the GC runs that answered the join: media handlers near it carry the participant's media. */
  region: z.string().min(1).max(64).exactOptional(),
});

/** GC asks AC for a meeting token. */
export const meetingTokenBody = z.strictObject({
  sub: id,
  ...meetingClaims.shape,
  /** The subject is `host` if they are an admin of the meeting's organisation, else a participant: AC looks it up. */
  host_as_admin: z.literal(true).exactOptional(),
  ttl_seconds: z.int().min(1).max(900).exactOptional(),
});

export const meetingToken = z.object({ token: z.string(), expires_in: count });

/** The answer to `GET /api/v1/me`: the user of the access token. */
export const me = z.object({
  user_id: id,
  org_id: id,
  roles: z.array(z.string()),
  display_name: displayName.exactOptional(),
});

export type RegisterBody = z.infer<typeof registerBody>;
export type UserTokenBody = z.infer<typeof userTokenBody>;
export type ChangePasswordBody = z.infer<typeof changePasswordBody>;
export type Registration = z.infer<typeof registration>;
export type Registered = z.infer<typeof registered>;
export type UserToken = z.infer<typeof userToken>;
export type ParticipantType = z.infer<typeof participantType>;
export type MeetingRole = z.infer<typeof meetingRole>;
export type MeetingClaims = z.infer<typeof meetingClaims>;
export type MeetingToken = z.infer<typeof meetingToken>;
export type Me = z.infer<typeof me>;
