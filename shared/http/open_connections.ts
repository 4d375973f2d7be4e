import { addressKey } from "../limits/address_key.ts";
import { Tally } from "../limits/tally.ts";
import type { AddressSet } from "./address_set.ts";
import type { ConnectionLimits } from "./connection_limits.ts";

/** How long a client that was told `connection: close` has to read the answer and close. */
const LINGER_MS = 1_000;

/** One connection: how many requests are under way on it, and until when it may go on as it is. */
export class OpenConnection {
  readonly key: string;
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #ending = new AbortController();
  /** Requests that have no answer yet, and answers that the client has not received. */
  #unanswered = 0;
  #undelivered = 0;
  #hasServed = false;
  #isLast = false;
  #isUnread = false;
  #untilMs: number;

  constructor(key: string, limits: ConnectionLimits, now: () => number) {
    this.key = key;
    this.#limits = limits;
    this.#now = now;
    this.#untilMs = now() + limits.headersMs;
  }

  /** Aborted when the connection is to be closed. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** The end of its time, in milliseconds on the clock; infinity while a request is being handled. */
  get untilMs(): number {
    return this.#untilMs;
  }

  get isBusy(): boolean {
    return this.#unanswered + this.#undelivered > 0;
  }

  /** Whether it only waits for its client's next request. */
  get isKeptAlive(): boolean {
    return this.#hasServed && !this.isBusy;
  }

  requested(): void {
    this.#unanswered++;
    this.#hasServed = true;
    this.#isUnread = false;
    this.#untilMs = Infinity;
  }

  /**
   * Notes that a request has its answer. `isLast` says that no other request may follow on the connection, `isUnread` that
   * the request has a body which nobody has read: as much of it as is still to come is waited for like headers.
   */
  answered({ isLast, isUnread }: { readonly isLast: boolean; readonly isUnread: boolean }): void {
    this.#unanswered--;
    this.#undelivered++;
    if (isLast) this.#isLast = true;
    if (isUnread) this.#isUnread = true;
    if (this.#unanswered === 0) this.#untilMs = this.#now() + this.#limits.answerMs;
  }

  delivered(): void {
    this.#undelivered--;
    if (!this.isBusy) this.#untilMs = this.#now() + this.#waitMs();
  }

  /** How long the next request may take to come. */
  #waitMs(): number {
    const { headersMs, idleMs } = this.#limits;
    if (this.#isLast) return LINGER_MS;
    return this.#isUnread ? Math.min(headersMs, idleMs) : idleMs;
  }

  close(): void {
    this.#untilMs = Infinity;
    this.#ending.abort();
  }
}

/** The connections of a server, limited per address, in total and in time. */
export class OpenConnections {
  readonly #limits: ConnectionLimits;
  readonly #proxies: AddressSet;
  readonly #now: () => number;
  readonly #open = new Map<OpenConnection, () => void>();
  readonly #addresses = new Tally();

  constructor(limits: ConnectionLimits, proxies: AddressSet, now: () => number) {
    this.#limits = limits;
    this.#proxies = proxies;
    this.#now = now;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Adds a connection of this address; `undefined` if a limit is reached. At the limit, a connection that only waits for
   * its next request makes room: its client opens another one when it needs it.
   */
  add(address: string): OpenConnection | undefined {
    const key = addressKey(address);
    const { connections, connectionsPerAddress } = this.#limits;
    const isFull = !this.#proxies.has(address) && this.#addresses.of(key) >= connectionsPerAddress;
    if (isFull && this.makeRoom(1, key) === 0) return undefined;
    if (this.size >= connections && this.makeRoom(1) === 0) return undefined;
    const connection = new OpenConnection(key, this.#limits, this.#now);
    this.#open.set(connection, this.#addresses.add(key));
    return connection;
  }

  /** Takes out a connection that is over. */
  delete(connection: OpenConnection): void {
    this.#open.get(connection)?.();
    this.#open.delete(connection);
  }

  /** Closes up to `count` connections, of one address or of all, that wait longest for their next request. */
  makeRoom(count: number, key?: string): number {
    for (let closed = 0; closed < count; closed++) {
      let longest: OpenConnection | undefined;
      for (const one of this.#open.keys()) {
        if (!one.isKeptAlive || (key !== undefined && one.key !== key)) continue;
        if (longest === undefined || one.untilMs < longest.untilMs) longest = one;
      }
      if (longest === undefined) return closed;
      this.delete(longest);
      longest.close();
    }
    return count;
  }

  /** Closes the connections whose time is over; answers how many. They keep their places until `delete`. */
  cutOff(): number {
    const nowMs = this.#now();
    const late = [...this.#open.keys()].filter(({ untilMs }) => untilMs <= nowMs);
    for (const connection of late) connection.close();
    return late.length;
  }
}
