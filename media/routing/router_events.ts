import { local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import type { Load } from "../telemetry/load.ts";

/** Which router of which meeting speaks. */
export interface RouterName {
  readonly meeting_id: string;
  readonly router_id: string;
}

/** What a router says to the routing table. */
export const RouterEvents = protocol({
  /** How much it has now. */
  counted: tell(local<RouterName & { readonly load: Load }>()),
  /** For the link that speaks for the meeting. */
  report: tell(local<RouterName & { readonly reports: readonly MediaReport[] }>()),
  /** It has come to its end. */
  routerEnded: tell(local<RouterName & { readonly reason: string }>()),
});
