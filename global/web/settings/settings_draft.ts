import type * as z from "zod";
import {
  type CreateMeetingBody,
  createMeetingBody,
  defaultMeetingSettings,
  type Meeting,
  type MeetingSettings,
  type PatchMeetingBody,
  patchMeetingBody,
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

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(draft: SettingsDraft): Fields {
  const max_participants = wholeNumber(draft.maxParticipants);
  return {
    display_name: draft.name,
    ...(max_participants === null ? {} : { max_participants }),
    settings: {
      ...draft.settings,
      start_muted_above: wholeNumber(draft.startMutedAbove),
      max_duration_minutes: wholeNumber(draft.maxDurationMinutes),
      end_after_last_host_minutes: wholeNumber(draft.endAfterLastHostMinutes),
    },
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** The fields that are new in `after`, or differ from `before`. */
function differences(before: Fields, after: Fields): Fields {
  return Object.fromEntries(
    Object.entries(after).flatMap(([key, value]) => {
      const known = before[key];
      if (!isFields(known) || !isFields(value)) return Object.is(known, value) ? [] : [[key, value]];
      const inner = differences(known, value);
      return Object.keys(inner).length === 0 ? [] : [[key, inner]];
    }),
  );
}

/** The body of a request, or what of the draft can't be asked for. */
type Asked<Body> = { ok: true; body: Body } | { ok: false; refusal: Refusal };

function asked<Body>(schema: z.ZodType<Body>, fields: Fields): Asked<Body> {
  const checked = schema.safeParse(fields);
  if (checked.success) return { ok: true, body: checked.data };
  const details = checked.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  return {
    ok: false,
    refusal: refusalOf({ code: "INVALID_REQUEST", message: "", details }, settingsSubjects),
  };
}

/** For a new meeting. */
export function bodyOf(draft: SettingsDraft): Asked<CreateMeetingBody> {
  return asked(createMeetingBody, fieldsOf(draft));
}

/**
 * For a meeting whose settings are changed from one draft to another. What is the same isn't named: a permission that is
 * named holds at once, whatever hosts have set in the meeting.
 */
export function changeBetween(before: SettingsDraft, after: SettingsDraft): Asked<PatchMeetingBody> {
  return asked(patchMeetingBody, differences(fieldsOf(before), fieldsOf(after)));
}
