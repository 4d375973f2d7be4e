import type { ActorRef } from "../../shared/actor/mod.ts";
import type { TokenVerifier } from "../../shared/auth/mod.ts";
import type { LimitServices } from "../limits/limit_services.ts";
import type { AccountStandings } from "./account_standings_protocol.ts";

/** What it takes to know who sends a request. */
export interface AccountServices extends LimitServices {
  readonly verifier: TokenVerifier;
  readonly accountStandings: ActorRef<typeof AccountStandings>;
}
