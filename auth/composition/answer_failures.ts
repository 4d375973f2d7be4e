import { realClient } from "../../shared/auth/mod.ts";
import { HttpError, refuseCommon } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnavailable } from "../../shared/store/mod.ts";
import type { AuthServices } from "./auth_services.ts";

const log = logger("store");

/** The route, answering 503 while the database is away, and putting on record why a token was refused. */
export function answerFailures(services: AuthServices): (route: Route) => Route {
  return ({ method, path, handler }) => ({
    method,
    path,
    async handler(context) {
      try {
        return await handler(context);
      } catch (error) {
        await recordRefusal(services, context, error);
        if (!isUnavailable(error)) throw error;
        log.error("the database does not answer", { request_id: context.requestId, error });
        throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1, cause: error });
      }
    },
  });
}

async function recordRefusal(services: AuthServices, context: Context, error: unknown): Promise<void> {
  if (!(error instanceof HttpError) || error.code !== "UNAUTHORIZED" || typeof error.cause !== "string") {
    return;
  }
  const { address } = await realClient(services.verifier, context);
  services.record({
    type: "token_refused",
    actor: "unknown",
    subject: "unknown",
    organization_id: null,
    address,
    result: error.cause,
  });
}
