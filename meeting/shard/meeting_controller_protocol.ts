import { z } from "zod";
import { ask, type Description, local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { Level } from "../../shared/log/mod.ts";
import { meetingFacts } from "../../shared/store/live/mod.ts";
import type { ClientSocket, SocketLimits } from "../signaling/client_socket.ts";
import type { ConnectionLimits } from "../signaling/connection_limits.ts";
import type { MeetingLimits } from "../state/meeting_state_init.ts";
import type { DoorLimits } from "./doorway.ts";
import type { Handshake, HandshakeAnswer } from "./handshake.ts";
import type { PortLimits } from "./signaling_port.ts";

export const MeetingController = protocol({
  /** A client wants to open a WebSocket. */
  knock: ask(local<Handshake>(), local<HandshakeAnswer>()),
  /** A client has opened a WebSocket. */
  enter: tell(local<{ readonly socket: ClientSocket; readonly claims: MeetingTokenClaims }>()),
  /** Answered at once by a shard that isn't stuck. */
  alive: ask(z.void(), z.void()),
  /** Ends a meeting that runs here. */
  endMeeting: ask(z.object({ meeting_id: z.string() }), z.void(), ["not_found", "unavailable"]),
  /** A meeting that runs here has new settings. */
  changeFacts: ask(meetingFacts, z.void(), ["not_found", "unavailable"]),
  /** Removes a user or guest, on whichever devices, from a meeting that runs here; `reason` is what they are told. */
  removeSubject: ask(z.object({ meeting_id: z.string(), sub: z.string(), reason: z.string() }), z.void(), [
    "not_found",
    "unavailable",
  ]),
  count: ask(
    z.void(),
    z.object({ meetings: z.number(), joined: z.number(), waiting: z.number(), away: z.number() }),
  ),
  /** Which keys tokens are verified by. */
  keysPublished: tell(z.object({ keyIds: z.array(z.string()).readonly() })),
  /** This shard's metrics, in prom-client's JSON. */
  metrics: ask(z.void(), z.array(z.unknown())),
  /** All actors of this shard, as trees. */
  describe: ask(z.void(), z.array(local<Description>())),
  /** Ends this shard's life as a bug would. Only asked where faults are injected on purpose. */
  crash: ask(z.void(), z.void()),
});

/** All that a shard is told; it crosses into a Worker, so it is plain data. */
export interface ShardInit {
  readonly service: string;
  readonly logLevel: Level;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly issuer: string;
  readonly jwksUrl: string;
  /** Origins whose pages may connect, beside localhost. */
  readonly origins: readonly string[];
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /** Whose WebSockets: with bounds while a message comes in, or the runtime's own. */
  readonly socket: "bounded" | "deno";
  readonly doorLimits: DoorLimits;
  readonly portLimits: PortLimits;
  readonly socketLimits: SocketLimits;
  readonly meetingLimits: MeetingLimits;
  readonly connectionLimits: ConnectionLimits;
}

/** The names under which the main isolate hands its actors to a shard. */
export const shardImports = { upstream: "upstream" } as const;
