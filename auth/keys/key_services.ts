import type { ActorRef } from "../../shared/actor/mod.ts";
import type { AuthMetrics } from "../metrics.ts";
import type { OrganizationServices } from "../organizations/organization_services.ts";
import type { Settings } from "../settings.ts";
import type { KeyRotation } from "./key_rotation.ts";

/** What it takes to publish the signing keys, and to replace them. */
export interface KeyServices extends OrganizationServices {
  readonly settings: Settings;
  readonly metrics: AuthMetrics;
  readonly keyRotation: ActorRef<typeof KeyRotation>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}
