import type { Route } from "../../shared/http/mod.ts";
import { auditRoutes } from "../audit/audit_routes.ts";
import { recordAuditRoutes } from "../audit/record_audit_routes.ts";
import { clientRoutes } from "../clients/client_routes.ts";
import { jwksRoutes } from "../keys/jwks_routes.ts";
import { rotateKeysRoutes } from "../keys/rotate_keys_routes.ts";
import { loginRoutes } from "../sessions/login_routes.ts";
import { sessionRoutes } from "../sessions/session_routes.ts";
import { meetingTokenRoutes } from "../tokens/meeting_token_routes.ts";
import { metadataRoutes } from "../tokens/metadata_routes.ts";
import { serviceTokenRoutes } from "../tokens/service_token_routes.ts";
import { disabledUserRoutes } from "../users/disabled_user_routes.ts";
import { invitationRoutes } from "../users/invitation_routes.ts";
import { passwordRoutes } from "../users/password_routes.ts";
import { registrationRoutes } from "../users/registration_routes.ts";
import { userRoutes } from "../users/user_routes.ts";
import { answerFailures } from "./answer_failures.ts";
import type { AuthServices } from "./auth_services.ts";

/** All of AC's routes, those that are used most first. */
export function authRoutes(services: AuthServices): Route[] {
  return [
    ...serviceTokenRoutes(services),
    ...meetingTokenRoutes(services),
    ...jwksRoutes(services),
    ...loginRoutes(services),
    ...sessionRoutes(services),
    ...registrationRoutes(services),
    ...passwordRoutes(services),
    ...metadataRoutes(services),
    ...disabledUserRoutes(services),
    ...rotateKeysRoutes(services),
    ...recordAuditRoutes(services),
    ...clientRoutes(services),
    ...userRoutes(services),
    ...invitationRoutes(services),
    ...auditRoutes(services),
  ].map(answerFailures(services));
}
