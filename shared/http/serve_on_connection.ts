/** A connection on which the runtime reads requests and writes answers. */
export interface ServedConnection {
  /** Settles when the connection is over. */
  readonly finished: Promise<void>;
  /** Ends the connection once the requests under way are answered. */
  shutdown(): Promise<void>;
}

/** Serves HTTP on an accepted connection. When `signal` is aborted the connection is closed, whatever it is doing. */
export type ServeOnConnection = (
  connection: Deno.Conn,
  signal: AbortSignal,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  onError: (error: unknown) => Response,
  onListen: () => void,
) => ServedConnection;

/**
 * The part of `Deno.serve` that serves one connection. `Deno.serve` itself accepts connections without a bound, keeps them
 * without a time limit, and has no way to close one (`docs/decisions/0019-http-connections.md`). `undefined` on a runtime
 * that doesn't have it.
 */
export function findServeOnConnection(): ServeOnConnection | undefined {
  const internals: unknown = Reflect.get(Deno, Reflect.get(Deno, "internal"));
  if (typeof internals !== "object" || internals === null) return undefined;
  const found: unknown = Reflect.get(internals, "serveHttpOnConnection");
  if (!isServe(found)) return undefined;
  return (connection, signal, ...rest) => found(connection, unlessGivenUp(signal), ...rest);
}

/**
 * The runtime throws at a signal that comes once it has given the connection up: at its end, and from `shutdown` on. It
 * throws in its listener, which nobody can catch: an uncaught error ends the process. So its listener is wrapped.
 */
function unlessGivenUp(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  const add = own.addEventListener;
  own.addEventListener = (type: string, listener: unknown, options?: AddEventListenerOptions | boolean) => {
    const careful = (event: Event) => {
      try {
        if (typeof listener === "function") listener.call(own, event);
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    };
    add.call(own, type, careful, options);
  };
  return own;
}

function isServe(value: unknown): value is ServeOnConnection {
  return typeof value === "function" && value.length === 5;
}
