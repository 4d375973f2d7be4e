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
  return isServe(found) ? found : undefined;
}

function isServe(value: unknown): value is ServeOnConnection {
  return typeof value === "function" && value.length === 5;
}
