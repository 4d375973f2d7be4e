import type { MeetingServices } from "../meetings/meeting_services.ts";
import type { GlobalMetrics } from "../metrics.ts";

/** The stores, actors and readings of this process, as its routes use them. */
export interface GlobalServices extends MeetingServices {
  readonly metrics: GlobalMetrics;
}
