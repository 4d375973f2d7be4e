import type { Handled, Server } from "../shared/http/mod.ts";
import {
  createServiceScope,
  type Life,
  ownArguments,
  program,
  serveSecureService,
  serveService,
  sharedCheck,
} from "../shared/service/mod.ts";
import { CertificateWatchActor, readCertificate } from "../shared/tls/mod.ts";
import { oauthRefusals } from "./accounts/oauth_refusals.ts";
import { allowOrigins } from "./composition/allow_origins.ts";
import { globalRoutes } from "./composition/global_routes.ts";
import { notReadyReason } from "./composition/not_ready_reason.ts";
import { startServices } from "./composition/start_services.ts";
import { updateRegistryMetrics } from "./composition/update_registry_metrics.ts";
import { limitAddresses } from "./limits/limit_addresses.ts";
import { directionOf } from "../shared/store/mod.ts";
import { assertHeartbeats } from "./placement/assert_heartbeats.ts";
import { assertTurnSecret } from "./tickets/assert_turn_secret.ts";
import { type GlobalSettings, globalSettings } from "./settings.ts";
import { transferGlobal } from "./store/transfer_global.ts";
import { pageForUnknownAddresses } from "./web/serve/not_found_page.ts";

/**
 * Puts GC together: settings, stores, actors, routes, listener. Everything ends with `life.stack`.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(settings: GlobalSettings, life: Life): Promise<Server> {
  assertTurnSecret(settings);
  assertHeartbeats(settings);
  const tls = await readCertificate(settings);
  const services = await startServices(settings, life);
  const { verifier, metrics } = services;
  const service = {
    component: "gc" as const,
    verifier,
    routes: globalRoutes(services),
    layers: [
      allowOrigins(settings.allowedOrigins),
      oauthRefusals(),
      limitAddresses(services),
      pageForUnknownAddresses(services),
    ],
    trustedProxies: settings.trustedProxies,
    metrics: metrics.registry,
    beforeMetrics: () => updateRegistryMetrics(services),
    notReady: sharedCheck(() => notReadyReason(services), services.now),
    onHandled({ route, method, status, seconds }: Handled) {
      metrics.requests.add({ route, method, status: String(status) });
      metrics.requestDuration.observe({ route }, seconds);
    },
  };
  if (tls === undefined) return serveService(life, settings, service);
  const server = await serveSecureService(life, settings, service, tls);
  createServiceScope(life).spawn(CertificateWatchActor, {
    files: settings,
    certificate: tls,
    use: (certificate) => server.useCertificate(certificate),
  });
  return server;
}

if (import.meta.main) {
  const args = ownArguments();
  const direction = directionOf(args);
  if (direction !== undefined) Deno.exit(await transferGlobal(direction, args.slice(1)));
  await program(globalSettings, start);
}
