import { logger } from "../log/logger.ts";
import { Repeats } from "../log/repeats.ts";
import { addressSet } from "./address_set.ts";
import { type ConnectionLimits, DEFAULT_CONNECTION_LIMITS } from "./connection_limits.ts";
import { type OpenConnection, OpenConnections } from "./open_connections.ts";

export interface WatchedConnectionsOptions {
  readonly limits?: Partial<ConnectionLimits> | undefined;
  /** Addresses and networks of proxies, whose connections are not counted by address. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly now?: (() => number) | undefined;
}

/** How often connections whose time is over are looked for. */
const CHECK_MS = 1_000;
const REPORT_MS = 10_000;
const log = logger("http");

/** A server's open connections: their time limits are checked all the time, and what was refused or cut off is told. */
export class WatchedConnections {
  readonly #open: OpenConnections;
  readonly #refused: Repeats;
  readonly #late: Repeats;
  readonly #timer: ReturnType<typeof setInterval>;

  /** `onCheck` is called with each check of the limits. */
  constructor(options: WatchedConnectionsOptions, onCheck = () => {}) {
    const { limits, trustedProxies = [], now = () => performance.now() } = options;
    const all = { ...DEFAULT_CONNECTION_LIMITS, ...limits };
    this.#open = new OpenConnections(all, addressSet(trustedProxies), now);
    this.#refused = new Repeats(REPORT_MS, now);
    this.#late = new Repeats(REPORT_MS, now);
    this.#timer = setInterval(() => {
      // No warning: browsers open connections that they may never use, and keep those that they have used.
      const count = this.#late.add(this.#open.cutOff());
      if (count > 0) log.info("connections were closed whose time was over", { count, open: this.size });
      onCheck();
    }, Math.min(CHECK_MS, limits?.headersMs ?? CHECK_MS));
  }

  get size(): number {
    return this.#open.size;
  }

  /** Adds a connection from an address; undefined, and told, where there are too many. */
  add(address: string): OpenConnection | undefined {
    const opened = this.#open.add(address);
    const count = opened === undefined ? this.#refused.add() : 0;
    if (count > 0) log.warn("too many open connections: some were refused", { count, open: this.size });
    return opened;
  }

  delete(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  /** See `OpenConnections.makeRoom`. */
  makeRoom(count: number): number {
    return this.#open.makeRoom(count);
  }

  /** Checks no more. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
