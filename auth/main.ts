import type { Server } from "../shared/http/mod.ts";
import {
  createServiceScope,
  drainTimes,
  type Life,
  ownArguments,
  program,
  serveService,
  sharedCheck,
} from "../shared/service/mod.ts";
import { operatorCommand } from "./cli/operator_command.ts";
import { authRoutes } from "./composition/auth_routes.ts";
import { notReady } from "./composition/not_ready.ts";
import { openStores } from "./composition/open_stores.ts";
import { type StartOptions, startServices } from "./composition/start_services.ts";
import { definition, type Settings } from "./settings.ts";

/**
 * Puts AC together: settings, stores, actors, routes, listener. Everything ends with `life.stack`.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(
  settings: Settings,
  life: Life,
  { now = Date.now, workers = true }: Partial<StartOptions> = {},
): Promise<Server> {
  const stores = await openStores(settings, life.stack, now);
  const scope = createServiceScope(life, { deadlineMs: drainTimes(settings.drainSeconds).actorsMs });
  const services = await startServices(settings, scope, stores, { now, workers });
  const { verifier, metrics } = services;
  return serveService(life, settings, {
    component: "ac",
    verifier,
    routes: authRoutes(services),
    metrics: metrics.registry,
    notReady: sharedCheck(() => notReady(services), now),
    reusePort: settings.reusePort,
    onHandled({ route, method, status, seconds }) {
      metrics.requests.add({ route, method, status: String(status) });
      metrics.requestDuration.observe({}, seconds);
    },
  });
}

if (import.meta.main) {
  const args = ownArguments();
  const serves = args.length === 0 || args[0] === "--help";
  await (serves ? program(definition, start) : operatorCommand(args));
}
