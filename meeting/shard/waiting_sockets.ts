import type { Socket } from "node:net";
import { addressKey } from "../../shared/limits/address_key.ts";
import { type AddressSet, peerName } from "../../shared/http/mod.ts";
import type { PortLimits } from "./signaling_port.ts";
import { Tally } from "../../shared/limits/tally.ts";

interface WaitingSocket {
  socket: Socket;
  readonly untilMs: number;
  readonly release: () => void;
}

/** The sockets of a port that have not become a WebSocket, limited per address, in total and in time. */
export class WaitingSockets {
  readonly #limits: PortLimits;
  readonly #proxies: AddressSet;
  readonly #now: () => number;
  /** In the order of their deadlines. */
  readonly #sockets = new Map<string, WaitingSocket>();
  readonly #addresses = new Tally();

  constructor(limits: PortLimits, proxies: AddressSet, now: () => number) {
    this.#limits = limits;
    this.#proxies = proxies;
    this.#now = now;
  }

  /** Adds a socket; `false` if a limit is reached. */
  add(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) return false;
    const peer = peerName(socket);
    const replaced = this.#sockets.get(peer);
    // A client can come back from a port before the end of its socket before is told here.
    if (replaced !== undefined) this.#delete(peer, replaced);
    const key = addressKey(remoteAddress);
    const isProxy = this.#proxies.has(remoteAddress);
    if (!isProxy && this.#addresses.of(key) >= this.#limits.waitingPerAddress) return false;
    if (this.#sockets.size >= this.#limits.waiting) return false;
    const entry = {
      socket,
      untilMs: this.#now() + this.#limits.waitingMs,
      release: this.#addresses.add(key),
    };
    this.#sockets.set(peer, entry);
    socket.once("close", () => {
      if (this.#sockets.get(peer) === entry) this.#delete(peer, entry);
    });
    return true;
  }

  /** Notes that a socket's TLS handshake is done: from now on `secure` is the socket to destroy. */
  secured(secure: Socket): void {
    const entry = this.#sockets.get(peerName(secure));
    if (entry !== undefined) entry.socket = secure;
  }

  /** Takes a socket out that became a WebSocket, or was refused. */
  leave(socket: Socket): void {
    const peer = peerName(socket);
    const entry = this.#sockets.get(peer);
    if (entry?.socket === socket) this.#delete(peer, entry);
  }

  /** Destroys the sockets whose time is over at `nowMs`; without it, all. */
  cutOff(nowMs = Infinity): void {
    for (const { socket, untilMs } of [...this.#sockets.values()]) {
      if (untilMs > nowMs) return;
      socket.destroy();
    }
  }

  #delete(peer: string, entry: WaitingSocket): void {
    this.#sockets.delete(peer);
    entry.release();
  }
}
