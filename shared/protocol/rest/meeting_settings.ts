import * as z from "zod";

/** The longest time after which a meeting ends by itself: a week. */
const maxMinutes = 10_080;

const minutes = z.int("is not a whole number").min(1, "is less than 1")
  .max(maxMinutes, `is more than ${maxMinutes}, a week`).nullable();
const startMutedAbove = z.int("is not a whole number").min(0, "is less than 0")
  .max(1_000, "is more than 1000").nullable();

/** What those who are no hosts may do. */
export const permissions = z.object({
  microphone: z.boolean(),
  camera: z.boolean(),
  screen: z.boolean(),
  chat: z.boolean(),
  rename: z.boolean(),
});

/** Any part of the permissions. */
export const permissionsChange = z.strictObject({
  microphone: z.boolean().exactOptional(),
  camera: z.boolean().exactOptional(),
  screen: z.boolean().exactOptional(),
  chat: z.boolean().exactOptional(),
  rename: z.boolean().exactOptional(),
});

const devices = z.object({ microphone: z.boolean(), camera: z.boolean() });
const devicesChange = z.strictObject({
  microphone: z.boolean().exactOptional(),
  camera: z.boolean().exactOptional(),
});

const allPermitted: Permissions = { microphone: true, camera: true, screen: true, chat: true, rename: true };
const allOn = { microphone: true, camera: true };

/** Later settings have defaults: stored meetings lack them. */
export const meetingSettings = z.object({
  allow_guests: z.boolean(),
  allow_external_participants: z.boolean(),
  /** Guests and externals wait until a host admits them. */
  waiting_room: z.boolean(),
  e2ee: z.boolean(),
  permissions: permissions.default(allPermitted),
  /** Whoever joins as number n + 1 or later starts with the microphone paused, and may unmute. */
  start_muted_above: startMutedAbove.default(null),
  /** The meeting ends when no host was in it for so long. */
  end_after_last_host_minutes: minutes.default(null),
  max_duration_minutes: minutes.default(null),
  /** Whether the lobby starts with the device on. */
  on_join: devices.default(allOn),
});

export const defaultMeetingSettings: MeetingSettings = {
  allow_guests: false,
  allow_external_participants: false,
  waiting_room: true,
  e2ee: false,
  permissions: allPermitted,
  start_muted_above: null,
  end_after_last_host_minutes: null,
  max_duration_minutes: null,
  on_join: allOn,
};

/** Any part of the settings. */
export const settingsChange = z.strictObject({
  allow_guests: z.boolean().exactOptional(),
  allow_external_participants: z.boolean().exactOptional(),
  waiting_room: z.boolean().exactOptional(),
  e2ee: z.literal(false, "end-to-end encryption is not available yet").exactOptional(),
  permissions: permissionsChange.exactOptional(),
  start_muted_above: startMutedAbove.exactOptional(),
  end_after_last_host_minutes: minutes.exactOptional(),
  max_duration_minutes: minutes.exactOptional(),
  on_join: devicesChange.exactOptional(),
});

/** The settings after a change. */
export function changedSettings(before: MeetingSettings, change: SettingsChange): MeetingSettings {
  return {
    ...before,
    ...change,
    permissions: { ...before.permissions, ...change.permissions },
    on_join: { ...before.on_join, ...change.on_join },
  };
}

export type MeetingSettings = z.infer<typeof meetingSettings>;
export type Permissions = z.infer<typeof permissions>;
export type Permission = keyof Permissions;
export type PermissionsChange = z.infer<typeof permissionsChange>;
export type SettingsChange = z.infer<typeof settingsChange>;
