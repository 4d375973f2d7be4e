import { authenticateService } from "../../shared/auth/mod.ts";
import { readJson, refuseCommon, type Route, validate } from "../../shared/http/mod.ts";
import { id, takeBackRequest } from "../../shared/protocol/mod.ts";
import { placementRefusal } from "./place_meeting.ts";
import type { PlacementServices } from "./placement_services.ts";

const SCOPE = "service.register-controller.gc";

/** A controller that drains goes on with a meeting which the controller that it was handed over to has not opened. */
export function takeBackRoute({ verifier, registry }: PlacementServices): Route {
  return {
    method: "POST",
    path: "/api/v1/internal/meetings/:meeting_id/take-back",
    async handler(context) {
      const { sub: owner } = await authenticateService(verifier, context, SCOPE);
      const meeting_id = validate(context.params.meeting_id, id);
      const shard = await readJson(context, takeBackRequest);
      const taken = await registry.ask("takeBack", { meeting_id, owner, shard });
      if (taken.ok) return new Response(null, { status: 204 });
      const { code } = taken.error;
      if (code === "changed" || code === "owned_by_another") {
        throw refuseCommon("FORBIDDEN", { message: "This meeting runs somewhere else", cause: taken.error });
      }
      throw placementRefusal(taken.error);
    },
  };
}
