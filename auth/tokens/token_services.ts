import type { ActorRef } from "../../shared/actor/mod.ts";
import type { ClientServices } from "../clients/client_services.ts";
import type { LimitServices } from "../limits/limit_services.ts";
import type { AuthMetrics } from "../metrics.ts";
import type { Settings } from "../settings.ts";
import type { TokenIssuer } from "./token_issuer.ts";

/** What it takes to give tokens to users, services and participants. */
export interface TokenServices extends ClientServices, LimitServices {
  readonly settings: Settings;
  readonly metrics: AuthMetrics;
  readonly tokenIssuer: ActorRef<typeof TokenIssuer>;
}
