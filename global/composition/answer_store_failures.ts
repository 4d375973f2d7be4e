import type { Context, Route } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnavailable } from "../../shared/store/mod.ts";
import { unavailable } from "../errors/unavailable.ts";

const log = logger("store");

/** The route, answering 503 while the database is away, full or read-only. */
export function answerStoreFailures({ method, path, handler }: Route): Route {
  return {
    method,
    path,
    async handler(context: Context) {
      try {
        return await handler(context);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        log.error("the database does not answer", { request_id: context.requestId, error });
        throw unavailable(error);
      }
    },
  };
}
