import type {
  MediaSource,
  Meeting as WireMeeting,
  Permission,
  Permissions,
  RunningMeeting,
} from "../../shared/protocol/mod.ts";
import type { Rights } from "../routing/rights.ts";
import type { Meeting } from "./meeting.ts";
import type { Attendee } from "./participant.ts";

/** The sources that each permission is about; chat and names are no media. */
const sourcesOf: Readonly<Record<Permission, readonly MediaSource[]>> = {
  microphone: ["microphone"],
  camera: ["camera"],
  screen: ["screen", "screen_audio"],
  chat: [],
  rename: [],
};

/** All permissions, none given. */
export const nothingPermitted: Permissions = {
  microphone: false,
  camera: false,
  screen: false,
  chat: false,
  rename: false,
};

/** The permissions in force: the meeting's setting, with the changes of this run. */
export function permissionsOf(
  { permissions }: Pick<Meeting, "permissions">,
  facts: WireMeeting,
): Permissions {
  return { ...facts.settings.permissions, ...permissions };
}

/** Whether a participant may do this now. Hosts may do everything. */
export function may(
  meeting: Pick<Meeting, "permissions">,
  facts: WireMeeting,
  { role }: Pick<Attendee, "role">,
  permission: Permission,
): boolean {
  return role === "host" || permissionsOf(meeting, facts)[permission];
}

/** The sources that none but hosts may send. */
export function forbiddenSources(permissions: Permissions): MediaSource[] {
  // The keys are the permissions, which TypeScript can't follow through `keys`.
  const names = Object.keys(sourcesOf) as Permission[];
  return names.flatMap((name) => permissions[name] ? [] : sourcesOf[name]);
}

/** A participant's media rights. Whose screen a host has muted isn't heard through it, either. */
export function rightsOf(
  meeting: Pick<Meeting, "permissions">,
  facts: WireMeeting,
  { role, mutedSources }: Pick<Attendee, "role" | "mutedSources">,
): Rights {
  const forbidden = role === "host" ? [] : forbiddenSources(permissionsOf(meeting, facts));
  const isScreenMuted = mutedSources.includes("screen") && !mutedSources.includes("screen_audio");
  return { muted: isScreenMuted ? [...mutedSources, "screen_audio"] : mutedSources, forbidden };
}

/** The meeting as its participants see it. */
export function runningMeeting(
  meeting: Pick<Meeting, "permissions" | "locked" | "guestsWait">,
  facts: WireMeeting,
): RunningMeeting {
  return {
    ...facts,
    locked: meeting.locked,
    permissions: permissionsOf(meeting, facts),
    ...(meeting.guestsWait ? { guests_wait: true } : {}),
  };
}
