import type { ActorContext, ActorRef, Protocol } from "../../shared/actor/mod.ts";
import type { MediaControl } from "../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { HandlerLinks } from "./handler_links_protocol.ts";
import type { ReportTaker } from "./neighbours.ts";

/** A handler of a meeting's lease. */
export type LeasedHandler = Lease["handlers"][number];

/** The outcome of opening a meeting on a handler. */
export type Opening =
  | {
    readonly kind: "opened";
    readonly control: ActorRef<typeof MediaControl>;
    readonly inventory: MediaInventory;
  }
  /** A newer controller has the meeting. */
  | { readonly kind: "stale" }
  /** The connection was refused: the handler's process is gone. */
  | { readonly kind: "gone" }
  /** No answer: the handler may be alive or not. With `control` it was asked, and may open the meeting late. */
  | { readonly kind: "unknown"; readonly reason: string; readonly control?: ActorRef<typeof MediaControl> };

export interface OpenRequest {
  readonly handler: LeasedHandler;
  readonly fence: { readonly meeting_id: string; readonly generation: number };
  readonly links: ActorRef<typeof HandlerLinks>;
  /** The receiver of the handler's reports. */
  readonly routing: ActorRef<typeof ReportTaker>;
}

/** Opens a meeting on a handler, over the shard's link to it. */
export async function openOnHandler(
  context: Pick<ActorContext<Protocol>, "ask">,
  { handler, fence, links, routing }: OpenRequest,
): Promise<Opening> {
  const link = await context.ask(links, "link", { url: handler.link_url });
  if (!link.ok) return { kind: "unknown", reason: link.error.message };
  const control = await context.ask(link.value, "control", { meetingId: fence.meeting_id, routing });
  if (!control.ok) {
    return control.error.code === "refused"
      ? { kind: "gone" }
      : { kind: "unknown", reason: control.error.message };
  }
  const opened = await context.ask(control.value, "open", fence);
  if (opened.ok) return { kind: "opened", control: control.value, inventory: opened.value };
  if (opened.error.code === "stale_generation") return { kind: "stale" };
  return { kind: "unknown", reason: opened.error.message, control: control.value };
}
