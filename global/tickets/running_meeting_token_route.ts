import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import { meetingTokenRequest } from "../../shared/protocol/mod.ts";
import { identityOf, rememberIdentity } from "../accounts/identities.ts";
import { refuse } from "../errors/errors.ts";
import type { MeetingServices } from "../meetings/meeting_services.ts";
import { meetingById } from "../meetings/meeting_store.ts";
import { readFromRunningController } from "../placement/read_from_running_controller.ts";
import { assertMayGetToken } from "./assert_not_removed.ts";
import { issueMeetingToken } from "./issue_meeting_token.ts";

const SCOPE = "service.issue-meeting-token.gc";

/**
 * A meeting controller asks for a fresh token for somebody who is in the meeting, with the claims of their ticket, which
 * are kept for as long as it asks; an admin's role is that of now.
 */
export function runningMeetingTokenRoute(services: MeetingServices): Route {
  return {
    method: "POST",
    path: "/api/v1/internal/meetings/:meeting_id/tokens",
    async handler(context) {
      const { meetingId, body: { sub } } = await readFromRunningController(services, context, {
        scope: SCOPE,
        schema: meetingTokenRequest,
      });
      await assertMayGetToken(services, meetingId, sub);
      const [row, claims] = await Promise.all([
        meetingById(services.store, meetingId),
        identityOf(services.store, meetingId, sub),
      ]);
      if (row === undefined || claims === undefined) {
        throw refuse("MEETING_NOT_FOUND", { message: "Nobody was let in by this name" });
      }
      const [token] = await Promise.all([
        issueMeetingToken(services, row, sub, claims),
        rememberIdentity(services.store, sub, claims, services.now()),
      ]);
      return jsonResponse(200, token);
    },
  };
}
