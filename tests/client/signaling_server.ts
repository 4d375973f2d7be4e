import {
  answerFrame,
  errorFrame,
  notificationFrame,
  type ParsedRequest,
  parseRequest,
  type RequestFrame,
  SUBPROTOCOL,
} from "../../shared/protocol/signaling.ts";

/** One client's connection, seen from the server. */
export interface Peer {
  socket: WebSocket;
  /** The token that the client came with. */
  token: string;
  /** The next request that isn't a ping. */
  next(): Promise<RequestFrame>;
  closed: Promise<CloseEvent>;
}

/** A signaling server whose answers the test gives itself, over real WebSockets. */
export interface SignalingServer extends AsyncDisposable {
  url: string;
  /** The next client that connects. */
  accept(): Promise<Peer>;
  /** How many clients have connected so far. */
  connections(): number;
}

/** A queue whose reader waits. */
function channel<T>(): { push(item: T): void; next(): Promise<T> } {
  const items: T[] = [];
  const readers: ((item: T) => void)[] = [];
  return {
    push(item) {
      const reader = readers.shift();
      if (reader) reader(item);
      else items.push(item);
    },
    next() {
      const item = items.shift();
      return item === undefined ? new Promise((resolve) => readers.push(resolve)) : Promise.resolve(item);
    },
  };
}

function tokenOf(request: Request): string {
  const offered = request.headers.get("sec-websocket-protocol") ?? "";
  return offered.split(",").map((part) => part.trim()).find((part) => part.startsWith("bearer."))?.slice(7) ??
    "";
}

export function startSignalingServer(options: { answerPings?: boolean } = {}): SignalingServer {
  const peers = channel<Peer>();
  let connections = 0;
  const sockets = new Set<WebSocket>();

  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const token = tokenOf(request);
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: SUBPROTOCOL });
    const requests = channel<RequestFrame>();
    const closed = Promise.withResolvers<CloseEvent>();
    sockets.add(socket);
    socket.onopen = () => {
      connections++;
      peers.push({ socket, token, next: requests.next, closed: closed.promise });
    };
    socket.onmessage = ({ data }) => {
      const parsed: ParsedRequest = parseRequest(data);
      if (parsed.kind !== "request") throw new Error(`the client sent a bad frame: ${data}`);
      if (parsed.frame.type !== "session.ping") return requests.push(parsed.frame);
      if (options.answerPings ?? true) socket.send(answerFrame<"session.ping">(parsed.frame.id, {}));
    };
    socket.onclose = (event) => {
      sockets.delete(socket);
      closed.resolve(event);
    };
    return response;
  });

  return {
    url: `ws://127.0.0.1:${server.addr.port}/signaling`,
    accept: peers.next,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

export { answerFrame, errorFrame, notificationFrame };
