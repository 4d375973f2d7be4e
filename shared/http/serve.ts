import { logger } from "../log/logger.ts";
import type { Certificate } from "../tls/certificate.ts";
import { BoundedServer } from "./bounded_server.ts";
import { refuseCommon } from "./common_errors.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import type { Handler } from "./create_handler.ts";
import { listenError } from "./listen_error.ts";
import { OpenRequests } from "./open_requests.ts";
import { MOST_FOLDER_BYTES, SecureServer } from "./secure_server.ts";
import { serverRefusal } from "./server_refusal.ts";
import { findServeOnConnection } from "./serve_on_connection.ts";
import { StartError } from "../service/start_error.ts";

export interface ServeOptions {
  readonly hostname: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly handler: Handler;
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
 * `drainMs` are answered with 503. What a client has sent the half of by then is waited for no longer.
 */
export interface Server extends AsyncDisposable {
  readonly hostname: string;
  readonly port: number;
  /** Uses another certificate from the next connection on. Throws if it is of no use, or the server has no TLS. */
  useCertificate(certificate: Certificate): void;
}

/** What a server by TLS has besides. */
export interface ServeSecureOptions extends Omit<ServeOptions, "reusePort"> {
  readonly tls: Certificate;
  /** A folder of this process alone. */
  readonly folder: string;
  /** The setting that the error for a folder whose path is too long names. */
  readonly folderSetting?: string;
}

/** So long the answers to late requests may take to be sent. */
const LATE_ANSWERS_MS = 300;
const log = logger("http");

/**
 * Listens, and answers with `handler`.
 *
 * @throws {StartError} if the address or port can't be had
 */
export function serve(options: ServeOptions): Server {
  const { handler, open } = drained(options.handler);
  return asServer(options, listen(options, handler), open);
}

/**
 * The same by TLS.
 *
 * @throws {StartError} if the address or port can't be had, or the folder's path is too long for a socket in it
 */
export async function serveSecure(options: ServeSecureOptions): Promise<Server> {
  const { handler, open } = drained(options.handler);
  return asServer(options, await listenSecurely(options, handler), open);
}

/** A handler that answers at the end of the drain time, where `handler` has not by then; and what is not answered yet. */
function drained(
  handler: Handler,
): { readonly handler: Deno.ServeHandler<Deno.NetAddr>; readonly open: OpenRequests } {
  const open = new OpenRequests();
  const answer: Deno.ServeHandler<Deno.NetAddr> = (request, info) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const unanswered = open.add(() => {
      const late = refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 });
      resolve(serverRefusal(late, request.headers.get("x-request-id")));
    });
    const closed = () => open.delete(unanswered);
    // The answer comes from the handler, or from the end of the drain time if that is first.
    Promise.try(handler, request, info).then(resolve, reject).finally(closed);
    return promise;
  };
  return { handler: answer, open };
}

function asServer({ hostname, drainMs = 5000 }: ServeOptions, server: Listening, open: OpenRequests): Server {
  log.info("listening", { hostname, port: server.addr.port });
  return {
    hostname,
    port: server.addr.port,
    useCertificate(certificate) {
      if (server.useCertificate === undefined) throw new Error("This server's certificate can't be replaced");
      server.useCertificate(certificate);
    },
    async [Symbol.asyncDispose]() {
      const over = Promise.withResolvers<void>();
      // Aborting a server that shuts down throws inside the runtime, so late requests get an answer instead.
      let timer = setTimeout(() => {
        for (const { refuse } of open) refuse();
        timer = setTimeout(over.resolve, LATE_ANSWERS_MS);
      }, drainMs);
      try {
        // Connections that are not over then end with the process.
        await Promise.race([server.shutdown(), over.promise]);
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
  const { hostname, port, reusePort = false, connectionLimits: limits, trustedProxies } = options;
  const serveOnConnection = findServeOnConnection();
  try {
    if (serveOnConnection !== undefined) {
      const listener = Deno.listen({ hostname, port, reusePort });
      return new BoundedServer({ listener, serveOnConnection, handler, limits, trustedProxies });
    }
    log.warn("this runtime's HTTP server has no limits on connections");
    return Deno.serve({ hostname, port, reusePort, onListen() {} }, handler);
  } catch (error) {
    throw listenError(error, options);
  }
}

async function listenSecurely(
  options: ServeSecureOptions,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Promise<Listening> {
  const { hostname, port, tls: certificate, folder, connectionLimits: limits, trustedProxies } = options;
  const { folderSetting = "the folder" } = options;
  const folderBytes = new TextEncoder().encode(folder).length;
  if (folderBytes > MOST_FOLDER_BYTES) {
    const most =
      `with a certificate it may have ${MOST_FOLDER_BYTES} bytes at most, since there is a socket in it`;
    throw new StartError(`${folderSetting} is "${folder}"; ${most}`);
  }
  const serveOnConnection = findServeOnConnection();
  try {
    if (serveOnConnection === undefined) {
      log.warn("this runtime's HTTP server has no limits on connections");
      return Deno.serve({ hostname, port, onListen() {}, ...certificate }, handler);
    }
    const server = await SecureServer.listen({
      hostname,
      port,
      certificate,
      folder,
      serveOnConnection,
      handler,
      limits,
      trustedProxies,
    });
    return {
      addr: { transport: "tcp", hostname, port: server.port },
      useCertificate: (other) => server.useCertificate(other),
      shutdown: () => server.shutdown(),
    };
  } catch (error) {
    throw listenError(error, options);
  }
}
