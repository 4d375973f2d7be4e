import { bearerToken, hasScope, realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, refuseCommon } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { refuse } from "../errors.ts";
import { waitSeconds } from "../limits/wait_seconds.ts";
import type { Parts } from "../parts.ts";
import { findUser } from "../store/users.ts";

/** `POST /api/v1/auth/internal/rotate-keys`: a new key by hand; how young the last may be depends on who asks. */
export function rotateKeysRoutes(parts: Parts): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/internal/rotate-keys",
    async handler(context) {
      const caller = await authorise(parts, context);
      const { address } = await realClient(parts.verifier, context);
      const { minimumAgeMs, sub } = caller;
      const outcome = await parts.keyRotation.ask("rotate", { minimumAgeMs, actor: sub, address });
      if (outcome.ok) {
        const { kid, previousKid } = outcome.value;
        return jsonResponse(201, { kid, previous_kid: previousKid ?? null });
      }
      const { error } = outcome;
      if (error.code !== "too_soon") throw refuse("OVERLOADED", { retryAfterSeconds: 1, cause: error });
      parts.metrics.keyRotations.add({ result: "too_soon" });
      throw refuse("ROTATION_TOO_SOON", { retryAfterSeconds: waitSeconds(error.details) });
    },
  }];
}

/** A service with the scope, or an operator, who may do it more often. */
async function authorise(
  { verifier, settings, store }: Parts,
  { request }: Context,
): Promise<{ sub: string; minimumAgeMs: number }> {
  const token = bearerToken(request.headers) ?? "";
  const asService = await verifier.service(token);
  const outcome = asService.ok ? asService : await verifier.user(token);
  if (!outcome.ok) {
    if (outcome.reason === "unavailable") throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 });
    throw refuseCommon("UNAUTHORIZED", { headers: { "www-authenticate": 'Bearer realm="darktower"' } });
  }
  const { claims } = outcome;
  if (!asService.ok && (await findUser(store, claims.sub))?.disabled !== 0) {
    throw refuseCommon("UNAUTHORIZED");
  }
  if (hasScope(claims, "admin.force-rotate-keys.ac")) {
    return { sub: claims.sub, minimumAgeMs: settings.keyForcedMinimumAgeSeconds * 1000 };
  }
  if (hasScope(claims, "service.rotate-keys.ac")) {
    return { sub: claims.sub, minimumAgeMs: settings.keyMinimumAgeSeconds * 1000 };
  }
  throw refuseCommon("FORBIDDEN");
}
