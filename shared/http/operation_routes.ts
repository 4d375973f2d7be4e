import type { MetricsSource } from "../metrics/mod.ts";
import { renderMetrics } from "../metrics/render_metrics.ts";
import { refuseCommon } from "./common_errors.ts";
import { jsonResponse } from "./json_response.ts";
import type { Route } from "./route.ts";

interface OperationOptions {
  readonly registry: MetricsSource;
  /** Why the service can't serve at the moment, in words for its operator; `undefined` when it can. */
  readonly notReady: () => string | undefined | Promise<string | undefined>;
}

/** `GET /health`, `/ready` and `/metrics`, the same on every service. */
export function operationRoutes({ registry, notReady }: OperationOptions): Route[] {
  return [
    { method: "GET", path: "/health", handler: () => jsonResponse(200, { status: "alive" }) },
    {
      method: "GET",
      path: "/ready",
      async handler() {
        const reason = await notReady();
        if (reason !== undefined) {
          throw refuseCommon("UNAVAILABLE", { message: reason, retryAfterSeconds: 1 });
        }
        return jsonResponse(200, { status: "ready" });
      },
    },
    { method: "GET", path: "/metrics", handler: () => renderMetrics(registry) },
  ];
}
