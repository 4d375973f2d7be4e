import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  local,
  type Protocol,
  protocol,
  tell,
} from "../../shared/actor/mod.ts";
import type { CloseCode } from "../../shared/protocol/mod.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { MediaClient } from "../routing/neighbours.ts";

/** What a meeting tells a client's connection. */
export const MeetingClient = protocol({
  ...MediaClient,
  /** A host let this client in: the rest of their join's answer, as a frame. */
  admitted: tell(z.string()),
  /** The connection ends. */
  end: tell(z.object({ code: local<CloseCode>(), reason: z.string() })),
});

/** A client with a valid token that wants in: their connection becomes the meeting's child, or they are turned away. */
export interface Caller {
  open(
    spawn: ActorContext<Protocol>["spawn"],
    routing: ActorRef<typeof MediaRouting>,
  ): ActorRef<typeof MeetingClient>;
  refuse(code: CloseCode, reason: string): void;
}
