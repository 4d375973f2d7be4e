import type { Route } from "../../shared/http/mod.ts";
import type { Parts } from "../parts.ts";
import { auditRoutes } from "./audit.ts";
import { clientRoutes } from "./clients.ts";
import { disabledUserRoutes } from "./disabled_users.ts";
import { guarded } from "./guarded.ts";
import { invitationRoutes } from "./invitations.ts";
import { jwksRoutes } from "./jwks.ts";
import { meetingTokenRoutes } from "./meeting_token.ts";
import { metadataRoutes } from "./metadata.ts";
import { passwordRoutes } from "./password.ts";
import { recordAuditRoutes } from "./record_audit.ts";
import { registrationRoutes } from "./registration.ts";
import { rotateKeysRoutes } from "./rotate_keys.ts";
import { serviceTokenRoutes } from "./service_token.ts";
import { sessionRoutes } from "./session.ts";
import { userRoutes } from "./users.ts";
import { userTokenRoutes } from "./user_token.ts";

/** All of AC's routes, those that are used most first. */
export function routes(parts: Parts): Route[] {
  return [
    ...serviceTokenRoutes(parts),
    ...meetingTokenRoutes(parts),
    ...jwksRoutes(parts),
    ...userTokenRoutes(parts),
    ...sessionRoutes(parts),
    ...registrationRoutes(parts),
    ...passwordRoutes(parts),
    ...metadataRoutes(parts),
    ...disabledUserRoutes(parts),
    ...rotateKeysRoutes(parts),
    ...recordAuditRoutes(parts),
    ...clientRoutes(parts),
    ...userRoutes(parts),
    ...invitationRoutes(parts),
    ...auditRoutes(parts),
  ].map(guarded(parts));
}
