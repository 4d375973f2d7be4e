import type { Registry } from "prom-client";

/** The answer to `GET /metrics`: every metric of the registry in Prometheus' text format. */
export async function renderMetrics(registry: Registry): Promise<Response> {
  return new Response(await registry.metrics(), {
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  });
}
