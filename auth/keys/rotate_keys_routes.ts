import { bearerToken, hasScope, realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, refuseCommon } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { refuse } from "../errors/errors.ts";
import { waitSeconds } from "../limits/wait_seconds.ts";
import { authenticateAdministrator } from "../organizations/authenticate_administrator.ts";
import type { KeyServices } from "./key_services.ts";

/** `POST /api/v1/auth/internal/rotate-keys`: a new key by hand; how young the last may be depends on who asks. */
export function rotateKeysRoutes(services: KeyServices): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/internal/rotate-keys",
    async handler(context) {
      const caller = await authorise(services, context);
      const { address } = await realClient(services.verifier, context);
      const { minimumAgeMs, sub } = caller;
      const outcome = await services.keyRotation.ask("rotate", { minimumAgeMs, actor: sub, address });
      if (outcome.ok) {
        const { kid, previousKid } = outcome.value;
        return jsonResponse(201, { kid, previous_kid: previousKid ?? null });
      }
      const { error } = outcome;
      if (error.code !== "too_soon") throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: error });
      services.metrics.keyRotations.add({ result: "too_soon" });
      throw refuse("ROTATION_TOO_SOON", { retryAfterSeconds: waitSeconds(error.details) });
    },
  }];
}

/** A service with the scope, or somebody who is an operator now, who may do it more often. */
async function authorise(
  services: KeyServices,
  context: Context,
): Promise<{ sub: string; minimumAgeMs: number }> {
  const { verifier, settings } = services;
  const token = bearerToken(context.request.headers) ?? "";
  const forcedMinimumAgeMs = settings.keyForcedMinimumAgeSeconds * 1000;
  const outcome = await verifier.service(token);
  if (!outcome.ok) {
    const { userId } = await authenticateAdministrator(services, context, "operator");
    return { sub: userId, minimumAgeMs: forcedMinimumAgeMs };
  }
  const { claims } = outcome;
  if (hasScope(claims, "admin.force-rotate-keys.ac")) {
    return { sub: claims.sub, minimumAgeMs: forcedMinimumAgeMs };
  }
  if (hasScope(claims, "service.rotate-keys.ac")) {
    return { sub: claims.sub, minimumAgeMs: settings.keyMinimumAgeSeconds * 1000 };
  }
  throw refuseCommon("FORBIDDEN");
}
