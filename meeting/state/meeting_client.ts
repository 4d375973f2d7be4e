import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  local,
  type Protocol,
  protocol,
  tell,
} from "../../shared/actor/mod.ts";
import type { CloseCode } from "../../shared/protocol/mod.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { MediaClient } from "../routing/neighbours.ts";

/** The messages from a meeting to a client's connection. */
export const MeetingClient = protocol({
  ...MediaClient,
  /** A fresh token and binding, as a frame; also for a client that waits. */
  bound: tell(z.string()),
  /** A host admitted this client from the waiting room. The body is the rest of the join's answer, as a frame. */
  admitted: tell(z.string()),
  /** Requests wait from now on. Answered once those are answered that are under way. */
  hold: ask(z.void(), z.void()),
  /** The requests that wait are taken, and all later ones. */
  release: tell(z.void()),
  /** The meeting has moved to another controller: the body says so as a frame. Requests are refused from now on. */
  migrate: tell(z.string()),
  /** The connection ends. */
  end: tell(z.object({ code: local<CloseCode>(), reason: z.string() })),
});

/** An open WebSocket with a valid token. The meeting either spawns its connection as a child, or refuses it. */
export interface Caller {
  open(
    spawn: ActorContext<Protocol>["spawn"],
    routing: ActorRef<typeof MediaRouting>,
  ): ActorRef<typeof MeetingClient>;
  refuse(code: CloseCode, reason: string): void;
}
