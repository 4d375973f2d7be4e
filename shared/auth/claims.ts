import { z } from "zod";
import { meetingClaims } from "../protocol/rest/auth.ts";
import { id } from "../protocol/text.ts";
import { AUDIENCES } from "./audience.ts";

/** Seconds since the Unix epoch (RFC 7519, NumericDate). */
const numericDate = z.number().min(0).max(253_402_300_799);

const registered = {
  iss: z.string().min(1).max(2048),
  sub: id,
  iat: numericDate,
  exp: numericDate,
  jti: id,
};

const scope = z.string().max(4096).regex(/^$|^[!#-[\]-~]+( [!#-[\]-~]+)*$/);

/** The claims of a user's access token. Unknown claims are allowed, so that claims can be added. */
export const userTokenClaims = z.looseObject({
  ...registered,
  aud: z.literal(AUDIENCES.api),
  org_id: id,
  roles: z.array(z.string().max(64)).max(16),
  scope,
});

/** The claims of a service's access token. `aud` is the one component that it is for. */
export const serviceTokenClaims = z.looseObject({
  ...registered,
  aud: z.enum([AUDIENCES.auth, AUDIENCES.global, AUDIENCES.meeting, AUDIENCES.media]),
  service_type: z.string().min(1).max(64),
  scope,
});

/** The claims of a meeting token. */
export const meetingTokenClaims = z.looseObject({
  ...registered,
  aud: z.literal(AUDIENCES.meeting),
  ...meetingClaims.shape,
});

export type UserTokenClaims = z.infer<typeof userTokenClaims>;
export type ServiceTokenClaims = z.infer<typeof serviceTokenClaims>;
export type MeetingTokenClaims = z.infer<typeof meetingTokenClaims>;

/** The header's `typ` of each kind (RFC 9068 for access tokens). */
export const TOKEN_TYPES = { access: "at+jwt", meeting: "meeting+jwt" } as const;
