import { debugRoutes } from "../shared/auth/mod.ts";
import { createHandler, type Handler } from "../shared/http/mod.ts";
import { allowOrigins } from "./layers/allow_origins.ts";
import { limitAddresses } from "./layers/limit_addresses.ts";
import { pageForStrays } from "./layers/page_for_strays.ts";
import type { Parts } from "./parts.ts";
import { gatewayRoutes } from "./routes/gateway.ts";
import { meRoutes } from "./routes/me.ts";
import { meetingRoutes } from "./routes/meetings.ts";
import { globalOperationRoutes } from "./routes/operations.ts";
import { registrationRoutes } from "./routes/registrations.ts";
import { runningMeetingRoutes } from "./routes/running_meetings.ts";
import { schemaRoutes } from "./routes/schemas.ts";
import { ticketRoutes } from "./routes/tickets.ts";
import { webPageRoutes } from "./routes/web_page.ts";

/** GC's whole HTTP face. */
export function globalHandler(parts: Parts, stopping: AbortSignal): Handler {
  const { settings, metrics } = parts;
  return createHandler({
    routes: [
      ...globalOperationRoutes(parts, stopping),
      ...debugRoutes({ verifier: parts.verifier, component: "gc" }),
      ...schemaRoutes(parts),
      ...meetingRoutes(parts),
      ...ticketRoutes(parts),
      ...meRoutes(parts),
      ...registrationRoutes(parts),
      ...runningMeetingRoutes(parts),
      ...gatewayRoutes(parts),
      ...webPageRoutes(parts),
    ],
    layers: [allowOrigins(settings.allowedOrigins), limitAddresses(parts), pageForStrays(parts)],
    trustedProxies: settings.trustedProxies,
    onHandled({ route, method, status, seconds }) {
      metrics.requests.add({ route, method, status: String(status) });
      metrics.requestDuration.observe({ route }, seconds);
    },
  });
}
