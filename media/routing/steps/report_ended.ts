import type { StepSite } from "./step_site.ts";

/** Reports producers that ended without a step that closes them. */
export function reportEnded({ report, routerId: router_id }: StepSite, producerIds: readonly string[]): void {
  for (const producer_id of producerIds) report({ report: "producer.ended", router_id, producer_id });
}
