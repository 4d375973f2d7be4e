import { local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import type { Load } from "../telemetry/load.ts";

/** The sender: one router of one meeting. */
export interface RouterName {
  readonly meeting_id: string;
  readonly router_id: string;
}

/** Messages of a router to the routing table. */
export const RouterEvents = protocol({
  /** The present load of the router. */
  counted: tell(local<RouterName & { readonly load: Load }>()),
  /** For the link that speaks for the meeting. */
  report: tell(local<RouterName & { readonly reports: readonly MediaReport[] }>()),
  /** The router has ended. */
  routerEnded: tell(local<RouterName & { readonly reason: string }>()),
});
