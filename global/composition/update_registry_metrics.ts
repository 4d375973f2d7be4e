import type { GlobalServices } from "./global_services.ts";

/** Brings what the registry counts into the metrics. */
export async function updateRegistryMetrics({ registry, metrics }: GlobalServices): Promise<void> {
  const census = await registry.ask("census", undefined);
  if (!census.ok) return;
  for (const [state, count] of Object.entries(census.value.controllers)) {
    metrics.controllers.set({ state }, count);
  }
  for (const [state, count] of Object.entries(census.value.handlers)) metrics.handlers.set({ state }, count);
}
