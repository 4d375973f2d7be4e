import { refuseCommon } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnavailable } from "../../shared/store/mod.ts";

const log = logger("store");

/** The route, answering 503 instead of failing while the database is away. */
export function whileAvailable({ method, path, handler }: Route): Route {
  return {
    method,
    path,
    async handler(context) {
      try {
        return await handler(context);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        log.error("the database does not answer", { request_id: context.requestId, error });
        throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1, cause: error });
      }
    },
  };
}
