import { StartError } from "../config/start_error.ts";
import type { Handler } from "./create_handler.ts";

export interface ServeOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly handler: Handler;
  /** Certificate chain and private key, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Several processes behind one port. */
  readonly reusePort?: boolean;
  /** How long requests in flight may take once the server stops. */
  readonly drainMs?: number;
  /** The setting to name when the port can't be had. */
  readonly portSetting?: string;
}

/** A listening server; disposing it stops listening and lets requests in flight finish within `drainMs`. */
export interface Server extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Listens, and answers with `handler`.
 *
 * @throws {StartError} if the address or port can't be had
 */
export function serve(options: ServeOptions): Server {
  const { hostname, handler, drainMs = 5000 } = options;
  const cut = new AbortController();
  const server = listen(options, (request, info) => handler(request, info), cut.signal);
  return {
    hostname,
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => cut.abort(), drainMs);
      try {
        await server.shutdown();
        await server.finished;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function listen(
  options: ServeOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  const { hostname, port, tls, reusePort = false, portSetting = "DT_PORT" } = options;
  try {
    return Deno.serve({ hostname, port, reusePort, signal, onListen() {}, ...tls }, handler);
  } catch (error) {
    const where = `port ${port} on ${hostname}`;
    if (error instanceof Deno.errors.AddrInUse) {
      throw new StartError(
        `${where} is taken by another program: stop it, or set ${portSetting} to another port`,
        {
          cause: error,
        },
      );
    }
    if (error instanceof Deno.errors.AddrNotAvailable || error instanceof Deno.errors.PermissionDenied) {
      throw new StartError(`can't listen on ${where}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}
