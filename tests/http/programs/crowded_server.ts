/**
 * Serves HTTP in each of the ways in which the services do, and prints the ports; the test gives it few descriptors and
 * takes them all.
 */
import {
  createHandler,
  operationRoutes,
  serve,
  serveSecure,
  serveUpgrades,
} from "../../../shared/http/mod.ts";
import { Upgrades } from "../../../shared/http/upgrades.ts";
import { configureLogging } from "../../../shared/log/mod.ts";
import { createMetrics } from "../../../shared/metrics/mod.ts";

configureLogging({ service: "crowded", level: "info" });
const { registry } = createMetrics("xx");
const routes = operationRoutes({ registry, notReady: () => undefined, metricsToken: undefined });
const options = { hostname: "127.0.0.1", port: 0, handler: createHandler({ routes }) };
const file = (name: string) =>
  Deno.readTextFile(new URL(`../../meeting/support/tls/${name}`, import.meta.url));
const tls = { cert: await file("certificate.pem"), key: await file("key.pem") };
const [folder = "."] = Deno.args;
const plain = serve(options);
const upgrading = await serveUpgrades(options, new Upgrades({ maxMessageBytes: 1_000 }));
const secure = await serveSecure({ ...options, tls, folder });
const ports = [plain, upgrading, secure].map(({ port }) => port);
await Deno.stdout.write(new TextEncoder().encode(`${ports.join(" ")}\n`));
