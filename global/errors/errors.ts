import { errorTable } from "../../shared/http/mod.ts";

/** The errors of the Global Controller beside those that every service has. */
export const GLOBAL_ERRORS = {
  GUESTS_NOT_ALLOWED: [403, "This meeting takes no guests: sign in to join it"],
  REMOVED: [403, "You were removed from this meeting"],
  NOT_OWNER: [403, "This id was registered by another client"],
  MEETING_NOT_FOUND: [404, "There is no such meeting: check the link"],
  NOT_REGISTERED: [404, "There is no such instance: register it first"],
  INSTANCE_REPLACED: [409, "Another instance of this id has registered since"],
  MEETING_ENDED: [410, "This meeting has ended"],
  CONTROLLER_UNAVAILABLE: [503, "No meeting controller is ready: try again shortly"],
  HANDLER_UNAVAILABLE: [503, "No media handler is ready: try again shortly"],
  UNAVAILABLE: [503, "Not available at the moment: try again shortly"],
  NOT_IN_FORCE: [
    503,
    "This is saved, but the meeting that runs now has not heard of it: try again to have it hold at once",
  ],
  PAGE_NOT_FOUND: [404, "There is no such file"],
} as const;

export const refuse = errorTable(GLOBAL_ERRORS);
