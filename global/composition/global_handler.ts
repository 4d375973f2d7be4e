import { debugRoutes } from "../../shared/auth/mod.ts";
import { createHandler, type Handler } from "../../shared/http/mod.ts";
import { gatewayRoutes } from "../accounts/gateway_routes.ts";
import { meRoutes } from "../accounts/me_routes.ts";
import { limitAddresses } from "../limits/limit_addresses.ts";
import { meetingRoutes } from "../meetings/meeting_routes.ts";
import { runningMeetingReportRoutes } from "../meetings/running_meeting_report_routes.ts";
import { schemaRoutes } from "../openapi/schema_routes.ts";
import { registrationRoutes } from "../placement/registration_routes.ts";
import { runningMeetingTokenRoute } from "../tickets/running_meeting_token_route.ts";
import { ticketRoutes } from "../tickets/ticket_routes.ts";
import { pageForUnknownAddresses } from "../web/serve/not_found_page.ts";
import { webPageRoutes } from "../web/serve/web_page_routes.ts";
import { allowOrigins } from "./allow_origins.ts";
import { globalOperationRoutes } from "./global_operation_routes.ts";
import type { GlobalServices } from "./global_services.ts";

/** GC's whole HTTP face. */
export function globalHandler(services: GlobalServices, stopping: AbortSignal): Handler {
  const { settings, metrics } = services;
  return createHandler({
    routes: [
      ...globalOperationRoutes(services, stopping),
      ...debugRoutes({ verifier: services.verifier, component: "gc" }),
      ...schemaRoutes(services),
      ...meetingRoutes(services),
      ...ticketRoutes(services),
      ...meRoutes(services),
      ...registrationRoutes(services),
      ...runningMeetingReportRoutes(services),
      runningMeetingTokenRoute(services),
      ...gatewayRoutes(services),
      ...webPageRoutes(services),
    ],
    layers: [
      allowOrigins(settings.allowedOrigins),
      limitAddresses(services),
      pageForUnknownAddresses(services),
    ],
    trustedProxies: settings.trustedProxies,
    onHandled({ route, method, status, seconds }) {
      metrics.requests.add({ route, method, status: String(status) });
      metrics.requestDuration.observe({ route }, seconds);
    },
  });
}
