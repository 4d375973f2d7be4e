import type { ActorRef } from "../../shared/actor/mod.ts";
import type { RequestLimiter } from "./request_limiter.ts";

/** What it takes to limit requests by address. */
export interface LimitServices {
  readonly requestLimiter: ActorRef<typeof RequestLimiter>;
}
