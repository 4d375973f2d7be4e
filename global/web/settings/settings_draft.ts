import {
  type CreateMeetingBody,
  createMeetingBody,
  defaultMeetingSettings,
  type Meeting,
  type MeetingSettings,
} from "../../../shared/protocol/rest.ts";
import type { Refusal } from "../refusal.ts";
import { refusalOf } from "../refusal.ts";

/** A meeting's settings as they stand in a form: numbers are as they were typed, and empty for none. */
export interface SettingsDraft {
  name: string;
  maxParticipants: string;
  startMutedAbove: string;
  maxDurationMinutes: string;
  endAfterLastHostMinutes: string;
  settings: Pick<
    MeetingSettings,
    "allow_guests" | "allow_external_participants" | "waiting_room" | "permissions" | "on_join"
  >;
}

/** How each field is named in a refusal. */
export const settingsSubjects = {
  display_name: "This",
  max_participants: "The number of people",
  "settings.start_muted_above": "This number",
  "settings.max_duration_minutes": "This number",
  "settings.end_after_last_host_minutes": "This number",
};

/** Guests may come with the link, and wait to be let in. */
export function newDraft(): SettingsDraft {
  const { allow_external_participants, permissions, on_join } = defaultMeetingSettings;
  return {
    name: "",
    maxParticipants: "",
    startMutedAbove: "",
    maxDurationMinutes: "",
    endAfterLastHostMinutes: "",
    settings: { allow_guests: true, waiting_room: true, allow_external_participants, permissions, on_join },
  };
}

export function draftOf({ display_name, max_participants, settings }: Meeting): SettingsDraft {
  const { allow_guests, allow_external_participants, waiting_room, permissions, on_join } = settings;
  return {
    name: display_name,
    maxParticipants: String(max_participants),
    startMutedAbove: String(settings.start_muted_above ?? ""),
    maxDurationMinutes: String(settings.max_duration_minutes ?? ""),
    endAfterLastHostMinutes: String(settings.end_after_last_host_minutes ?? ""),
    settings: { allow_guests, allow_external_participants, waiting_room, permissions, on_join },
  };
}

function wholeNumber(typed: string): number | null {
  const text = typed.trim();
  return text === "" ? null : Number(text);
}

/** The body of a request, or what of the draft can't be asked for. */
export function bodyOf(
  draft: SettingsDraft,
): { ok: true; body: CreateMeetingBody } | { ok: false; refusal: Refusal } {
  const max_participants = wholeNumber(draft.maxParticipants);
  const checked = createMeetingBody.safeParse({
    display_name: draft.name,
    ...(max_participants === null ? {} : { max_participants }),
    settings: {
      ...draft.settings,
      start_muted_above: wholeNumber(draft.startMutedAbove),
      max_duration_minutes: wholeNumber(draft.maxDurationMinutes),
      end_after_last_host_minutes: wholeNumber(draft.endAfterLastHostMinutes),
    },
  });
  if (checked.success) return { ok: true, body: checked.data };
  const details = checked.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  return {
    ok: false,
    refusal: refusalOf({ code: "INVALID_REQUEST", message: "", details }, settingsSubjects),
  };
}
