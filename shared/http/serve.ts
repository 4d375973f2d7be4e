import { logger } from "../log/logger.ts";
import type { Certificate } from "../tls/certificate.ts";
import { BoundedServer, type BoundedServerOptions } from "./bounded_server.ts";
import { refuseCommon } from "./common_errors.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import type { Handler } from "./create_handler.ts";
import { errorResponse } from "./error_response.ts";
import { listenError } from "./listen_error.ts";
import { OpenRequests } from "./open_requests.ts";
import { TlsListener } from "./tls_listener.ts";
import { findServeOnConnection } from "./serve_on_connection.ts";

export interface ServeOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly handler: Handler;
  readonly tls?: Certificate;
  /** Whether several processes may listen on this port. */
  readonly reusePort?: boolean;
  /** How long requests in flight may take once the server stops. */
  readonly drainMs?: number;
  /** The setting that the error for a taken port names. */
  readonly portSetting?: string;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** Addresses and networks of proxies, whose connections are not counted by address. */
  readonly trustedProxies?: readonly string[];
}

/**
 * A listening server. Disposing it stops listening and lets requests in flight finish. Requests that take longer than
 * `drainMs` are answered with 503.
 */
export interface Server extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Uses another certificate from the next connection on. Throws if it is of no use, or the server has no TLS. */
  useCertificate(certificate: Certificate): void;
}

const log = logger("http");

/**
 * Listens, and answers with `handler`.
 *
 * @throws {StartError} if the address or port can't be had
 */
export function serve(options: ServeOptions): Server {
  const { hostname, handler, drainMs = 5000 } = options;
  const open = new OpenRequests();
  const server = listen(options, (request, info) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const unanswered = open.add(resolve);
    const closed = () => open.delete(unanswered);
    // The answer comes from the handler, or from the end of the drain time if that is first.
    Promise.try(handler, request, info).then(resolve, reject).finally(closed);
    return promise;
  });
  log.info("listening", { hostname, port: server.addr.port });
  return {
    hostname,
    port: server.addr.port,
    useCertificate(certificate) {
      if (server.useCertificate === undefined) throw new Error("This server's certificate can't be replaced");
      server.useCertificate(certificate);
    },
    async [Symbol.asyncDispose]() {
      // Aborting a server that shuts down throws inside the runtime, so late requests get an answer instead.
      const timer = setTimeout(() => {
        for (const { answer } of open) {
          answer(errorResponse(refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 })));
        }
      }, drainMs);
      try {
        await server.shutdown();
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The part of a server that `serve` needs. */
interface Listening {
  readonly addr: Deno.NetAddr;
  useCertificate?(certificate: Certificate): void;
  shutdown(): Promise<void>;
}

function listen(options: ServeOptions, handler: Deno.ServeHandler<Deno.NetAddr>): Listening {
  const { hostname, port, tls, reusePort = false, connectionLimits, trustedProxies } = options;
  const serveOnConnection = findServeOnConnection();
  try {
    if (serveOnConnection === undefined) {
      log.warn("this runtime's HTTP server has no limits on connections");
      return Deno.serve({ hostname, port, reusePort, onListen() {}, ...tls }, handler);
    }
    const bounded = (listener: BoundedServerOptions["listener"]) =>
      new BoundedServer({
        listener,
        serveOnConnection,
        handler,
        ...(connectionLimits && { limits: connectionLimits }),
        ...(trustedProxies && { trustedProxies }),
      });
    if (tls === undefined) return bounded(Deno.listen({ hostname, port, reusePort }));
    const listener = new TlsListener({ hostname, port, certificate: tls });
    const server = bounded(listener);
    return {
      addr: server.addr,
      useCertificate: (certificate) => listener.useCertificate(certificate),
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    throw listenError(error, options);
  }
}
