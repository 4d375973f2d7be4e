import type { Description } from "../actor/mod.ts";
import { debugRoutes, type TokenVerifier } from "../auth/mod.ts";
import type { CommonSettings } from "../config/mod.ts";
import {
  createHandler,
  type HandlerOptions,
  operationRoutes,
  serve,
  type ServeOptions,
  type Server,
  serveSecure,
  serveUpgrades,
} from "../http/mod.ts";
import type { Upgrades } from "../http/upgrades.ts";
import type { Certificate } from "../tls/mod.ts";
import type { MetricsSource } from "../metrics/mod.ts";
import { drainTimes } from "./drain_times.ts";
import type { Life } from "./program.ts";

/** A service's own routes and metrics, which are served beside the routes that all services have. */
export interface Service extends HandlerOptions, Pick<ServeOptions, "reusePort"> {
  /** This service in the scope `admin.read-actors.{component}` of `GET /debug/actors`. */
  readonly component: "ac" | "gc" | "mc" | "mh";
  readonly verifier: TokenVerifier;
  readonly metrics: MetricsSource;
  /** Brings metrics up to date that are only counted on demand. */
  readonly beforeMetrics?: () => Promise<void>;
  /** Why the service can't serve at the moment, in words for its operator; `undefined` when it can. */
  readonly notReady: () => string | undefined | Promise<string | undefined>;
  /** The actors of the process's Workers, by the Worker's name. */
  readonly describeWorkers?: () => Promise<Readonly<Record<string, readonly Description[]>>>;
  /** How long requests in flight may take at the end; half of the settings' drain time unless told. */
  readonly drainMs?: number;
}

/**
 * Serves a service's routes, and with them `/health`, `/ready`, `/metrics` and `/debug/actors`. The listener ends with
 * the program; until then `/ready` says that it drains.
 *
 * @throws {StartError} if the address or port can't be had
 */
export function serveService(life: ServiceLife, settings: CommonSettings, service: Service): Server {
  return life.stack.use(serve(optionsOf(life, settings, service)));
}

/**
 * Serves as `serveService` does, by TLS.
 *
 * @throws {StartError} if the address or port can't be had, or the data folder's path is too long for a socket in it
 */
export async function serveSecureService(
  life: ServiceLife,
  settings: CommonSettings,
  service: Omit<Service, "reusePort">,
  tls: Certificate,
): Promise<Server> {
  const options = optionsOf(life, settings, service);
  const place = { folder: settings.dataDir, folderSetting: "DT_DATA_DIR" };
  return life.stack.use(await serveSecure({ ...options, tls, ...place }));
}

/** Serves as `serveService` does; the service's routes may accept requests as WebSockets by `upgrades`. */
export async function serveUpgradingService(
  life: ServiceLife,
  settings: CommonSettings,
  service: Omit<Service, "reusePort">,
  upgrades: Upgrades,
): Promise<Server> {
  return life.stack.use(await serveUpgrades(optionsOf(life, settings, service), upgrades));
}

type ServiceLife = Pick<Life, "stack" | "stopping">;

function optionsOf({ stopping }: ServiceLife, settings: CommonSettings, service: Service): ServeOptions {
  const { host, port, drainSeconds, metricsToken } = settings;
  const { component, verifier, notReady, metrics: registry, beforeMetrics, describeWorkers } = service;
  const routes = [
    ...service.routes,
    ...debugRoutes({ verifier, component, ...(describeWorkers && { describeWorkers }) }),
    ...operationRoutes({
      registry,
      metricsToken,
      notReady: () => stopping.aborted ? "draining" : notReady(),
      ...(beforeMetrics && { beforeMetrics }),
    }),
  ];
  return {
    hostname: host,
    port,
    portSetting: "DT_PORT",
    handler: createHandler({ ...service, routes }),
    drainMs: service.drainMs ?? drainTimes(drainSeconds).requestsMs,
    ...(service.reusePort !== undefined && { reusePort: service.reusePort }),
    ...(service.trustedProxies && { trustedProxies: service.trustedProxies }),
    connectionLimits: {
      connections: settings.maxConnections,
      connectionsPerAddress: settings.maxConnectionsPerAddress,
      headersMs: settings.headersMs,
      idleMs: settings.idleConnectionMs,
    },
  };
}
