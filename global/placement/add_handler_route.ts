import { jsonResponse, refuseCommon, type Route } from "../../shared/http/mod.ts";
import { addHandlerRequest } from "../../shared/protocol/mod.ts";
import { readFromRunningController } from "./read_from_running_controller.ts";
import { placementRefusal } from "./place_meeting.ts";
import type { PlacementServices } from "./placement_services.ts";

const SCOPE = "service.register-controller.gc";

/** A controller finds all handlers of a meeting full or gone. */
export function addHandlerRoute(services: PlacementServices): Route {
  return {
    method: "POST",
    path: "/api/v1/internal/meetings/:meeting_id/handlers",
    async handler(context) {
      const expected = { scope: SCOPE, schema: addHandlerRequest };
      const { meetingId: meeting_id, body } = await readFromRunningController(services, context, expected);
      const added = await services.registry.ask("addHandler", { meeting_id, ...body });
      if (added.ok) return jsonResponse(200, added.value);
      if (added.error.code !== "changed") throw placementRefusal(added.error);
      throw refuseCommon("FORBIDDEN", { message: "This meeting runs somewhere else", cause: added.error });
    },
  };
}
