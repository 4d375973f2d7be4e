import { operationRoutes, type Route } from "../../shared/http/mod.ts";
import type { GlobalServices } from "./global_services.ts";
import { notReadyReason } from "./not_ready_reason.ts";

/** `/health`, `/ready` and `/metrics`; the last looks at the registry before it counts. */
export function globalOperationRoutes(services: GlobalServices, stopping: AbortSignal): Route[] {
  return operationRoutes({
    registry: services.metrics.registry,
    notReady: () => notReadyReason(services, stopping),
    metricsToken: services.settings.metricsToken,
    beforeMetrics: () => updateRegistryMetrics(services),
  });
}

async function updateRegistryMetrics({ registry, metrics }: GlobalServices): Promise<void> {
  const census = await registry.ask("census", undefined);
  if (!census.ok) return;
  for (const [state, count] of Object.entries(census.value.controllers)) {
    metrics.controllers.set({ state }, count);
  }
  for (const [state, count] of Object.entries(census.value.handlers)) metrics.handlers.set({ state }, count);
}
