import { z } from "zod";
import { type ActorRef, ask, type Body, local, nothing, protocol, tell } from "../../shared/actor/mod.ts";
import { MediaControl, type MediaReports } from "../../shared/protocol/media/control.ts";
import type { Load } from "../telemetry/load.ts";
import { LiveSource } from "../telemetry/telemetry_messages.ts";
import { WorkerEvents } from "../workers/worker_messages.ts";
import { RouterEvents } from "./router_events.ts";

/** The body of a link's request, with the name of the link. */
type OnLink<N extends keyof typeof MediaControl> = Body<typeof MediaControl, N> & { readonly link: string };

const { open, close, apply, inventory, sent } = MediaControl;

/** What is left on a handler that has drained. */
export interface Drained {
  readonly transports: number;
}

/** Messages to the routing table: those of the link's protocol, and those from inside the handler. */
export const RoutingTableMessages = protocol({
  open: ask(local<OnLink<"open">>(), open.output, open.errors),
  close: ask(local<OnLink<"close">>(), close.output, close.errors),
  apply: ask(local<OnLink<"apply">>(), apply.output, apply.errors),
  inventory: ask(local<OnLink<"inventory">>(), inventory.output, inventory.errors),
  sent: ask(local<OnLink<"sent">>(), sent.output, sent.errors),
  /** A link is up. `reports` takes the reports for its controller. */
  linkUp: tell(local<{ readonly link: string; readonly reports: ActorRef<typeof MediaReports> }>()),
  linkDown: tell(z.object({ link: z.string() })),
  ...WorkerEvents,
  ...RouterEvents,
  ...LiveSource,
  /**
   * The handler is about to end: takes no further meeting, and has the controllers move everybody. Answered once no
   * transport is left, or no link over which a controller could move the rest.
   */
  drain: ask(nothing, local<Drained>()),
  status: ask(nothing, local<{ readonly workers: number; readonly meetings: number; readonly load: Load }>()),
});

export type RoutingTableProtocol = typeof RoutingTableMessages;

/** The refusal codes of the link's protocol. */
export type ControlRefusal = typeof open.errors[number];
