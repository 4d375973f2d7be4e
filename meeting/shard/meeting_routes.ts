import { z } from "zod";
import type { ActorRef, Result } from "../../shared/actor/mod.ts";
import { authenticateService, type TokenVerifier } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson, refuseCommon, type Route } from "../../shared/http/mod.ts";
import { id } from "../../shared/protocol/mod.ts";
import { meetingFacts } from "../../shared/store/live/mod.ts";
import type { MeetingController } from "./meeting_controller.ts";

const scope = "service.manage-meetings.mc";

/**
 * What GC has a shard do with a meeting that runs there: `POST …/end`, `PUT …/facts` and `POST …/remove`. 404: it runs
 * elsewhere.
 */
export function meetingRoutes(shard: ActorRef<typeof MeetingController>, verifier: TokenVerifier): Route[] {
  const path = "/api/v1/internal/meetings/:meeting_id";
  const done = (result: Result<void, string>) => {
    if (result.ok) return jsonResponse(200, {});
    const { code } = result.error;
    if (code === "not_found") throw refuseCommon("NOT_FOUND", { message: "This meeting does not run here" });
    throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1, cause: result.error });
  };
  return [
    {
      method: "POST",
      path: `${path}/end`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        await readJson(context, z.strictObject({}));
        return done(await shard.ask("endMeeting", { meeting_id: context.params.meeting_id ?? "" }));
      },
    },
    {
      method: "PUT",
      path: `${path}/facts`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        const facts = await readJson(context, meetingFacts);
        if (facts.meeting.meeting_id !== context.params.meeting_id) {
          throw refuseCommon("INVALID_REQUEST", { message: "These are another meeting's facts" });
        }
        return done(await shard.ask("changeFacts", facts));
      },
    },
    {
      method: "POST",
      path: `${path}/remove`,
      async handler(context) {
        await authenticateService(verifier, context, scope);
        const { sub } = await readJson(context, z.strictObject({ sub: id }));
        const meeting_id = context.params.meeting_id ?? "";
        const reason = "you were removed from this meeting";
        return done(await shard.ask("removeSubject", { meeting_id, sub, reason }));
      },
    },
  ];
}
