import { type Context, jsonResponse } from "../../shared/http/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import type { GuestMeeting } from "../../shared/protocol/mod.ts";
import { findMeeting } from "./find_meeting.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { settingsOf } from "./meeting_view.ts";
import { viewOf } from "./views_of.ts";

/**
 * A meeting for whoever has its link and no token, so that a wrong link is told before a camera is asked for.
 *
 * @throws {HttpError} 404 for a meeting that takes no guests, as for an unknown code; 429 after too many of both
 */
export async function answerGuest(services: MeetingServices, context: Context): Promise<Response> {
  const { params, clientAddress } = context;
  const row = await findMeeting(
    services,
    params.code,
    addressKey(clientAddress),
    (row) => settingsOf(row).allow_guests,
  );
  const { code, display_name, status } = await viewOf(services, row);
  const { on_join } = settingsOf(row);
  const meeting: GuestMeeting = { code, display_name, status, allow_guests: true, on_join };
  return jsonResponse(200, meeting);
}
