import { z } from "zod";
import { ask, type Description, local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type { Level } from "../../shared/log/mod.ts";
import { meetingRoster } from "../../shared/protocol/mod.ts";
import { type LiveStoreLocation, meetingFactsChange } from "../../shared/store/live/mod.ts";
import type { Certificate } from "../../shared/tls/mod.ts";
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
  /** Answered at once, unless the shard is stuck. */
  alive: ask(z.void(), z.void()),
  /** Opens a meeting that was given to this shard, before a client comes. */
  openMeeting: ask(z.object({ meeting_id: z.string() }), z.void(), ["not_found", "unavailable"]),
  /**
   * Hands all meetings over to other controllers. What none takes goes on until the ask's time is up. Answers how many have
   * moved.
   */
  migrate: ask(z.void(), z.object({ moved: z.number(), stayed: z.number() })),
  /** Ends a meeting that runs here. */
  endMeeting: ask(z.object({ meeting_id: z.string() }), z.void(), ["not_found", "unavailable"]),
  /** A meeting that runs here has new settings. */
  changeFacts: ask(meetingFactsChange, z.void(), ["not_found", "unavailable"]),
  /** Removes all devices of a user or guest from a meeting that runs here. */
  removeSubject: ask(z.object({ meeting_id: z.string(), sub: z.string() }), z.void(), [
    "not_found",
    "unavailable",
  ]),
  /** Who is in a meeting that runs here. */
  roster: ask(z.object({ meeting_id: z.string() }), meetingRoster, ["not_found", "unavailable"]),
  count: ask(
    z.void(),
    z.object({
      meetings: z.number(),
      joined: z.number(),
      waiting: z.number(),
      away: z.number(),
      /** Meetings whose state could not be stored the last time. */
      unstored: z.number(),
    }),
  ),
  /** The ids of the keys that sign tokens now. */
  keysPublished: tell(z.object({ keyIds: z.array(z.string()).readonly() })),
  /** The certificate was replaced: connections that are opened from now on get this one. */
  useCertificate: tell(local<Certificate>()),
  /** The live store has lost data: the meetings write back what they know. */
  storeLost: tell(z.void()),
  /** This shard's metrics, in prom-client's JSON, counted since the begin of this life. */
  metrics: ask(z.void(), z.object({ life: z.string(), metrics: z.array(z.unknown()).readonly() })),
  /** All actors of this shard, as trees. */
  describe: ask(z.void(), z.array(local<Description>())),
  /** Crashes this shard. Asked only where `DT_FAULT_INJECTION` is on. */
  crash: ask(z.void(), z.void()),
  /** From now on this shard opens no meeting that is handed over to it. Sent only where `DT_FAULT_INJECTION` is on. */
  hold: tell(z.void()),
});

/** The settings of a shard: plain data, because they are posted to a Worker. */
export interface ShardInit {
  readonly service: string;
  readonly logLevel: Level;
  readonly host: string;
  readonly port: number;
  readonly tls: Certificate | null;
  readonly place: { readonly controller_id: string; readonly instance_id: string; readonly shard: string };
  readonly liveStore: LiveStoreLocation;
  readonly issuer: string;
  readonly jwksUrl: string;
  /** The origins whose pages may connect, besides localhost. */
  readonly origins: readonly string[];
  /** Proxies whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /** Which WebSocket: the package `ws`, whose bounds hold while a message comes in, or the runtime's own. */
  readonly socket: "bounded" | "deno";
  readonly doorLimits: DoorLimits;
  readonly portLimits: PortLimits;
  readonly socketLimits: SocketLimits;
  readonly meetingLimits: MeetingLimits;
  readonly connectionLimits: ConnectionLimits;
}

/** The names under which the main isolate hands its actors to a shard. */
export const shardImports = { upstream: "upstream" } as const;
