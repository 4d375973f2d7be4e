import { addressSet, clientAddress, normalPath } from "../../shared/http/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import { DenoSocket } from "../signaling/deno_socket.ts";
import { offeredSubprotocols } from "./handshake.ts";
import {
  isHandshake,
  notUpgraded,
  plainAnswer,
  type RequestFacts,
  toPlainAnswer,
  toResponse,
} from "./plain_answer.ts";
import type { SignalingPort, SignalingPortOptions } from "./signaling_port.ts";

/** A signaling port by the runtime's own server and WebSocket. It can't enforce `PortLimits`. */
export function openDenoPort(options: SignalingPortOptions): SignalingPort {
  const { hostname, port, tls, trustedProxies, knock, enter, socketLimits: limits, now } = options;
  const proxies = addressSet(trustedProxies);
  const server = Deno.serve({ hostname, port, onListen() {}, ...tls }, async (request, info) => {
    const known = facts(request);
    const id = request.headers.get("x-request-id");
    if (!isHandshake(known)) return toResponse(plainAnswer(known), id);
    const address = clientAddress(request.headers, info.remoteAddr.hostname, proxies);
    const offered = offeredSubprotocols(request.headers.get("sec-websocket-protocol"));
    const answer = await knock({ address, offered, origin: request.headers.get("origin") });
    if (answer.kind === "refused") return toResponse(toPlainAnswer(answer), id);
    const upgraded = upgrade(request);
    if (upgraded === null) {
      answer.release();
      return toResponse(notUpgraded(request.method), id);
    }
    const socket = new DenoSocket(upgraded.socket, { address, limits, now, onSettled: answer.release });
    if (answer.kind === "closed") socket.close(answer.code, answer.reason);
    else enter(socket, answer.claims);
    return upgraded.response;
  });
  return {
    port: server.addr.port,
    check: () => Promise.resolve(),
    useCertificate: () =>
      logger("signaling port").warn("this socket keeps its certificate until the next start"),
    close: () => server.shutdown(),
  };
}

/** `null` for a request that is no handshake (RFC 6455 §4.2.1): the runtime throws, and only this request must fail. */
function upgrade(request: Request): Deno.WebSocketUpgrade | null {
  try {
    return Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL, idleTimeout: 0 });
  } catch {
    return null;
  }
}

function facts({ url, method, headers }: Request): RequestFacts {
  const host = headers.get("host") ?? undefined;
  const path = normalPath(URL.parse(url)?.pathname ?? "");
  return { path, method, host, upgrade: headers.get("upgrade") ?? undefined };
}
