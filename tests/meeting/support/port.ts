import type { MeetingTokenClaims } from "../../../shared/auth/mod.ts";
import { BoundedPort } from "../../../meeting/shard/bounded_port.ts";
import { openDenoPort } from "../../../meeting/shard/deno_port.ts";
import type { Handshake, HandshakeAnswer } from "../../../meeting/shard/handshake.ts";
import type { PortLimits, SignalingPort } from "../../../meeting/shard/signaling_port.ts";
import type { ClientSocket, SocketLimits } from "../../../meeting/signaling/client_socket.ts";

export interface PortOptions {
  readonly kind: "bounded" | "deno";
  readonly limits?: Partial<PortLimits>;
  readonly socketLimits?: Partial<SocketLimits>;
  readonly trustedProxies?: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly now?: () => number;
  readonly knock?: (handshake: Handshake) => Promise<HandshakeAnswer>;
}

/** A signaling port without a shard behind it. It accepts every handshake. */
export interface TestPort extends AsyncDisposable {
  readonly port: SignalingPort;
  /** The next client that enters. */
  entered(): Promise<ClientSocket>;
  /** How many clients have entered and are not settled. */
  readonly unsettled: number;
}

export const meetingClaims: MeetingTokenClaims = {
  iss: "http://localhost",
  aud: "darktower:meeting",
  sub: "ada",
  iat: 0,
  exp: 0,
  jti: "jti",
  meeting_id: "m",
  meeting_org_id: "org",
  home_org_id: "org",
  participant_type: "member",
  role: "participant",
  capabilities: [],
  display_name: "Ada",
};

export async function startPort(options: PortOptions): Promise<TestPort> {
  const waiting: ((socket: ClientSocket) => void)[] = [];
  const sockets: ClientSocket[] = [];
  let unsettled = 0;
  const accept = (): Promise<HandshakeAnswer> => {
    unsettled++;
    return Promise.resolve({ kind: "accepted", claims: meetingClaims, release: () => void unsettled-- });
  };
  const all = {
    hostname: "127.0.0.1",
    port: 0,
    tls: options.tls ?? null,
    trustedProxies: options.trustedProxies ?? [],
    limits: { sockets: 1_000, waiting: 500, waitingPerAddress: 100, waitingMs: 10_000, ...options.limits },
    socketLimits: {
      messagesPerSecond: 50,
      messageBurst: 100,
      bytesPerSecond: 262_144,
      byteBurst: 1_048_576,
      ...options.socketLimits,
    },
    now: options.now ?? (() => performance.now()),
    knock: options.knock ?? accept,
    enter(socket: ClientSocket) {
      const next = waiting.shift();
      if (next === undefined) sockets.push(socket);
      else next(socket);
    },
  };
  const port = options.kind === "deno" ? openDenoPort(all) : await BoundedPort.listen(all);
  return {
    port,
    entered() {
      const known = sockets.shift();
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.push(resolve));
    },
    get unsettled() {
      return unsettled;
    },
    [Symbol.asyncDispose]: () => port.close(),
  };
}
