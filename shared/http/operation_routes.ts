import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../config/secret_value.ts";
import type { MetricsSource } from "../metrics/mod.ts";
import { renderMetrics } from "../metrics/render_metrics.ts";
import { bearerCredentials } from "./bearer_credentials.ts";
import { refuseCommon } from "./common_errors.ts";
import { jsonResponse } from "./json_response.ts";
import type { Route } from "./route.ts";

interface OperationOptions {
  readonly registry: MetricsSource;
  /** Why the service can't serve at the moment, in words for its operator; `undefined` when it can. */
  readonly notReady: () => string | undefined | Promise<string | undefined>;
  /** The bearer token of `GET /metrics`; without it everybody gets the metrics. */
  readonly metricsToken: Secret | undefined;
  /** Brings metrics up to date that are only counted on demand. */
  readonly beforeMetrics?: () => Promise<void>;
}

/** `GET /health`, `/ready` and `/metrics`, the same on every service. */
export function operationRoutes(
  { registry, notReady, metricsToken, beforeMetrics }: OperationOptions,
): Route[] {
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
    {
      method: "GET",
      path: "/metrics",
      async handler({ request }) {
        if (
          metricsToken !== undefined &&
          !isSame(bearerCredentials(request.headers) ?? "", metricsToken.reveal())
        ) {
          throw refuseCommon("UNAUTHORIZED", { headers: { "www-authenticate": 'Bearer realm="metrics"' } });
        }
        await beforeMetrics?.();
        return await renderMetrics(registry);
      },
    },
  ];
}

/** Compares two texts in a time that depends neither on their common part nor on their lengths. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash("sha256").update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
