import { debugRoutes } from "../../shared/auth/mod.ts";
import { createHandler, type Handler } from "../../shared/http/mod.ts";
import { allowOrigins } from "./allow_origins.ts";
import { limitAddresses } from "../limits/limit_addresses.ts";
import { pageForStrays } from "../web/serve/page_for_strays.ts";
import type { Parts } from "./parts.ts";
import { gatewayRoutes } from "../accounts/gateway_routes.ts";
import { meRoutes } from "../accounts/me_routes.ts";
import { meetingRoutes } from "../meetings/meeting_routes.ts";
import { globalOperationRoutes } from "./global_operation_routes.ts";
import { registrationRoutes } from "../placement/registration_routes.ts";
import { runningMeetingRoutes } from "../placement/running_meeting_routes.ts";
import { schemaRoutes } from "../openapi/schema_routes.ts";
import { ticketRoutes } from "../tickets/ticket_routes.ts";
import { webPageRoutes } from "../web/serve/web_page_routes.ts";

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
