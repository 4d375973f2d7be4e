/** Serves HTTP and prints its port; the test gives it few descriptors and takes them all. */
import { createHandler, operationRoutes, serve } from "../../../shared/http/mod.ts";
import { configureLogging } from "../../../shared/log/mod.ts";
import { createMetrics } from "../../../shared/metrics/mod.ts";

configureLogging({ service: "crowded", level: "info" });
const { registry } = createMetrics("xx");
const routes = operationRoutes({ registry, notReady: () => undefined, metricsToken: undefined });
const server = serve({ hostname: "127.0.0.1", port: 0, handler: createHandler({ routes }) });
await Deno.stdout.write(new TextEncoder().encode(`${server.port}\n`));
