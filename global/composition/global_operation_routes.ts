import { operationRoutes, type Route } from "../../shared/http/mod.ts";
import type { Parts } from "./parts.ts";
import { notReady } from "./readiness.ts";

/** `/health`, `/ready` and `/metrics`; the last looks at the registry before it counts. */
export function globalOperationRoutes(parts: Parts, stopping: AbortSignal): Route[] {
  return operationRoutes({
    registry: parts.metrics.registry,
    notReady: () => notReady(parts, stopping),
    metricsToken: parts.settings.metricsToken,
    beforeMetrics: () => takeCensus(parts),
  });
}

async function takeCensus({ registry, metrics }: Parts): Promise<void> {
  const census = await registry.ask("census", undefined);
  if (!census.ok) return;
  for (const [state, count] of Object.entries(census.value.controllers)) {
    metrics.controllers.set({ state }, count);
  }
  for (const [state, count] of Object.entries(census.value.handlers)) metrics.handlers.set({ state }, count);
}
