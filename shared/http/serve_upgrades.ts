import { logger } from "../log/logger.ts";
import { listenError } from "./listen_error.ts";
import type { ServeOptions, Server } from "./serve.ts";
import type { Upgrades } from "./upgrades.ts";
import { UpgradingServer } from "./upgrading_server.ts";

const log = logger("http");

/**
 * Listens, and answers with `handler`, which may accept requests as WebSockets by `upgrades`. Requests come without their
 * bodies, and there is no TLS.
 *
 * @throws {StartError} if the address or port can't be had
 */
export async function serveUpgrades(
  options: Omit<ServeOptions, "reusePort">,
  upgrades: Upgrades,
): Promise<Server> {
  const { hostname, port, handler, drainMs = 5_000, connectionLimits: limits, trustedProxies } = options;
  try {
    const server = await UpgradingServer.listen({
      hostname,
      port,
      handler,
      upgrades,
      ...(limits && { limits }),
      ...(trustedProxies && { trustedProxies }),
    });
    log.info("listening", { hostname, port: server.port });
    return {
      hostname,
      port: server.port,
      useCertificate() {
        throw new Error("This server has no certificate");
      },
      [Symbol.asyncDispose]: () => server.shutdown(drainMs),
    };
  } catch (error) {
    throw listenError(error, options);
  }
}
