import type { Registry } from "prom-client";

/** Where metrics come from: a registry, or several of them put together. */
export type MetricsSource = Pick<Registry, "metrics" | "contentType">;

/** The answer to `GET /metrics`: every metric of the registry in Prometheus' text format. */
export async function renderMetrics(registry: MetricsSource): Promise<Response> {
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}
