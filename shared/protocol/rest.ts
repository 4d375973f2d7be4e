export * from "./rest/audit.ts";
export * from "./rest/auth.ts";
export * from "./rest/errors.ts";
export * from "./rest/lists.ts";
export * from "./rest/meeting_settings.ts";
export * from "./rest/meetings.ts";
export * from "./rest/participants.ts";
export * from "./rest/registration.ts";
