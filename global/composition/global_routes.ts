import type { Route } from "../../shared/http/mod.ts";
import { gatewayRoutes } from "../accounts/gateway_routes.ts";
import { meRoutes } from "../accounts/me_routes.ts";
import { meetingRoutes } from "../meetings/meeting_routes.ts";
import { participantRoutes } from "../meetings/participant_routes.ts";
import { runningMeetingReportRoutes } from "../meetings/running_meeting_report_routes.ts";
import { schemaRoutes } from "../openapi/schema_routes.ts";
import { handOverRoute } from "../placement/hand_over_route.ts";
import { registrationRoutes } from "../placement/registration_routes.ts";
import { addHandlerRoute } from "../placement/add_handler_route.ts";
import { takeBackRoute } from "../placement/take_back_route.ts";
import { runningMeetingTokenRoute } from "../tickets/running_meeting_token_route.ts";
import { ticketRoutes } from "../tickets/ticket_routes.ts";
import { webPageRoutes } from "../web/serve/web_page_routes.ts";
import { answerStoreFailures } from "./answer_store_failures.ts";
import type { GlobalServices } from "./global_services.ts";

/** Everything that GC answers, beside what all services answer. */
export function globalRoutes(services: GlobalServices): Route[] {
  return [
    ...schemaRoutes(services),
    ...meetingRoutes(services),
    ...participantRoutes(services),
    ...ticketRoutes(services),
    ...meRoutes(services),
    ...registrationRoutes(services),
    ...runningMeetingReportRoutes(services),
    runningMeetingTokenRoute(services),
    handOverRoute(services),
    takeBackRoute(services),
    addHandlerRoute(services),
    ...gatewayRoutes(services),
    ...webPageRoutes(services),
  ].map(answerStoreFailures);
}
