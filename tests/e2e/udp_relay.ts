/** What a path does to the packets that come back on it. */
export interface Path {
  /** Bits per second, `Infinity` for as many as come. */
  readonly bitrate: number;
  /** A packet that finds more than so many bytes waiting is lost. */
  readonly queueBytes: number;
  /** The share of packets that are lost besides, 0 to 1. */
  readonly loss: number;
  readonly delayMs: number;
}

export const widePath: Path = { bitrate: Infinity, queueBytes: Infinity, loss: 0, delayMs: 0 };

/** Stands between a client and an SFU worker on loopback, which takes it for the client. */
export interface UdpRelay extends AsyncDisposable {
  /** Where the client sends to, instead of the worker's port. */
  readonly port: number;
  /** The path from the worker to the client from now on. */
  path: Path;
  /** Has the client come from another address from now on. What is sent to the one before still arrives, or is lost. */
  move(before: "arrives" | "is lost"): void;
}

const hostname = "127.0.0.1";

/** Relays to a port on loopback. What clients send goes through as it is; what comes back goes by `path`. */
export function openUdpRelay(to: number): UdpRelay {
  const front = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  const backs = new Map<number, Deno.DatagramConn>();
  const left = new Set<Deno.DatagramConn>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const loops: Promise<void>[] = [];
  let waitingBytes = 0;
  let freeAtMs = 0;
  let path = widePath;

  const comeBack = (packet: Uint8Array, client: Deno.Addr) => {
    if (waitingBytes + packet.length > path.queueBytes || Math.random() < path.loss) return;
    const now = performance.now();
    freeAtMs = Math.max(freeAtMs, now) + packet.length * 8_000 / path.bitrate;
    waitingBytes += packet.length;
    const timer = setTimeout(() => {
      timers.delete(timer);
      waitingBytes -= packet.length;
      front.send(packet, client).catch(() => {});
    }, freeAtMs - now + path.delayMs);
    timers.add(timer);
  };
  const backFor = (client: Deno.NetAddr): Deno.DatagramConn => {
    const known = backs.get(client.port);
    if (known !== undefined) return known;
    const back = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
    backs.set(client.port, back);
    loops.push(read(back, (packet) => comeBack(packet, client)));
    return back;
  };
  loops.push(read(front, (packet, client) => {
    if (client.transport !== "udp") return;
    backFor(client).send(packet, { transport: "udp", hostname, port: to }).catch(() => {});
  }));
  const { addr } = front;
  if (addr.transport !== "udp") throw new TypeError("A datagram socket has a UDP address");
  return {
    port: addr.port,
    get path() {
      return path;
    },
    set path(now) {
      path = now;
    },
    move(before) {
      for (const back of backs.values()) {
        if (before === "arrives") left.add(back);
        else back.close();
      }
      backs.clear();
    },
    async [Symbol.asyncDispose]() {
      front.close();
      for (const back of [...backs.values(), ...left]) back.close();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(loops);
    },
  };
}

async function read(
  socket: Deno.DatagramConn,
  take: (packet: Uint8Array, from: Deno.Addr) => void,
): Promise<void> {
  for await (const [packet, from] of socket) take(packet.slice(), from);
}
