import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import { emptyBody, type HandedOver } from "../../shared/protocol/mod.ts";
import { unavailable } from "../errors/unavailable.ts";
import { readFromRunningController } from "./read_from_running_controller.ts";
import { placementRefusal } from "./place_meeting.ts";
import type { PlacementServices } from "./placement_services.ts";
import { openAtController } from "./tell_controller.ts";

const SCOPE = "service.register-controller.gc";
/** The controller that asks waits for three seconds: after this time it must not find the meeting given away. */
const PLACING_MS = 2_700;

/**
 * A controller that drains has a meeting of its own given to another one. Answered once that one has opened it; from
 * then on nothing counts that the old one still writes of it.
 */
export function handOverRoute(services: PlacementServices): Route {
  return {
    method: "POST",
    path: "/api/v1/internal/meetings/:meeting_id/hand-over",
    async handler(context) {
      const expected = { scope: SCOPE, schema: emptyBody };
      const { meetingId } = await readFromRunningController(services, context, expected);
      const placed = await services.registry.ask("handOver", { meeting_id: meetingId }, {
        timeoutMs: PLACING_MS,
      });
      if (!placed.ok) throw placementRefusal(placed.error);
      if (!await openAtController(services, meetingId, placed.value)) {
        throw unavailable(new Error("The other controller did not open the meeting"));
      }
      const answer: HandedOver = { signaling_url: placed.value.signaling_url };
      return jsonResponse(200, answer);
    },
  };
}
