import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import type {
  ChatMessage,
  MediaSource,
  MeetingRole,
  NotificationData,
  ParticipantSource,
  PermissionsChange,
} from "../../shared/protocol/mod.ts";
import { KEPT_MESSAGES, type PermissionChanges } from "../../shared/store/live/mod.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Attendee } from "./participant.ts";

/** The most of the chat in one answer, as UTF-8 of its JSON: an answer must not fill what a socket may queue. */
const chatAnswerBytes = 256 * 1024;
const encoder = new TextEncoder();

export type QualityLevel = NotificationData<"quality">["level"];

/** The state of one meeting, owned by its `MeetingStateActor` alone. Commands read it; changes alone write it. */
export interface Meeting {
  /** The revision: rises by one with each notice to everyone. */
  rev: number;
  /** New participants are refused. */
  locked: boolean;
  /** The permissions that hosts changed while the meeting runs: they hold over the meeting's setting. */
  permissions: PermissionsChange;
  /** How often changes of the setting had named each permission when this meeting last looked. */
  permissionChanges: PermissionChanges;
  /** The roles that hosts gave, by subject: they hold over the token's. */
  readonly roles: Map<string, MeetingRole>;
  /** What the newest known token of each member says, by subject. */
  readonly tokenRoles: Map<string, TokenRole>;
  /** The sources that hosts muted, by subject: on all devices, those too on which the subject joins later. */
  readonly mutes: Map<string, readonly MediaSource[]>;
  /** By subject. The live store has them, too, for tokens at the door. */
  readonly removals: Map<string, KeptRemoval>;
  /** Somebody was banned, and may come back as somebody else: so who is no member waits. */
  guestsWait: boolean;
  /** In the order of their joining. */
  readonly attendees: Map<string, Attendee>;
  /** The last messages, oldest first. */
  readonly chat: ChatMessage[];
  /** How many messages there were: the number of the last one. */
  messages: number;
  /** What its end by itself depends on. */
  lifetime: Lifetime;
  /** The active speaker; null for silence. */
  speaker: string | null;
  /** By participant, where it is known. */
  readonly quality: Map<string, QualityLevel>;
}

/** The role that a token says, and when it was issued, in seconds since the Unix epoch. */
export interface TokenRole {
  readonly role: MeetingRole;
  readonly issuedAt: number;
}

/** A subject's removal: tokens issued up to `atMs` are refused, and with `banned` all others, too. */
export interface Removal {
  readonly atMs: number;
  readonly banned: boolean;
}

/** A removal with the participants whom it removed: a media handler whose link was lost may have their media still. */
export interface KeptRemoval extends Removal {
  readonly participantIds: readonly string[];
}

/** One change of a meeting. */
export type Change =
  | { readonly change: "attendee"; readonly attendee: Attendee }
  | { readonly change: "attendee.gone"; readonly participantId: string }
  /** A participant with a seat comes or goes. A snapshot keeps the seat alone. */
  | { readonly change: "presence"; readonly participantId: string; readonly state: "joined" | "away" }
  | {
    readonly change: "sources";
    readonly participantId: string;
    readonly sources: readonly ParticipantSource[];
  }
  | { readonly change: "locked"; readonly locked: boolean }
  | { readonly change: "chat"; readonly message: ChatMessage }
  /** Any part of the permissions. */
  | { readonly change: "permissions"; readonly permissions: PermissionsChange }
  /** The meeting's own setting holds again for these. */
  | {
    readonly change: "permissions.reset";
    readonly names: readonly (keyof PermissionsChange)[];
    readonly permissionChanges: PermissionChanges;
  }
  | { readonly change: "role"; readonly sub: string; readonly role: MeetingRole }
  | { readonly change: "token.role"; readonly sub: string; readonly said: TokenRole }
  | { readonly change: "mutes"; readonly sub: string; readonly sources: readonly MediaSource[] }
  | { readonly change: "subject.removed"; readonly sub: string; readonly removal: Removal }
  | { readonly change: "guests.wait" }
  | { readonly change: "speaker"; readonly participantId: string | null }
  | { readonly change: "quality"; readonly participantId: string; readonly level: QualityLevel }
  | { readonly change: "lifetime"; readonly lifetime: Lifetime };

export function newMeeting(startedAtMs: number): Meeting {
  return {
    rev: 0,
    locked: false,
    permissions: {},
    permissionChanges: {},
    roles: new Map(),
    tokenRoles: new Map(),
    mutes: new Map(),
    removals: new Map(),
    guestsWait: false,
    attendees: new Map(),
    chat: [],
    messages: 0,
    lifetime: { startedAtMs, hostlessSinceMs: null },
    speaker: null,
    quality: new Map(),
  };
}

export function applyChange(meeting: Meeting, change: Change): void {
  switch (change.change) {
    case "attendee":
      return void meeting.attendees.set(change.attendee.participantId, change.attendee);
    case "attendee.gone":
      if (meeting.speaker === change.participantId) meeting.speaker = null;
      meeting.quality.delete(change.participantId);
      return void meeting.attendees.delete(change.participantId);
    case "presence": {
      const attendee = meeting.attendees.get(change.participantId);
      if (attendee === undefined) return;
      return void meeting.attendees.set(change.participantId, { ...attendee, state: change.state });
    }
    case "sources": {
      const attendee = meeting.attendees.get(change.participantId);
      if (attendee === undefined) return;
      return void meeting.attendees.set(change.participantId, { ...attendee, sources: change.sources });
    }
    case "locked":
      meeting.locked = change.locked;
      return;
    case "chat":
      meeting.messages++;
      meeting.chat.push(change.message);
      if (meeting.chat.length > KEPT_MESSAGES) meeting.chat.shift();
      return;
    case "permissions":
      meeting.permissions = { ...meeting.permissions, ...change.permissions };
      return;
    case "permissions.reset": {
      const names: ReadonlySet<string> = new Set(change.names);
      const kept = Object.entries(meeting.permissions).filter(([name]) => !names.has(name));
      meeting.permissions = Object.fromEntries(kept);
      meeting.permissionChanges = change.permissionChanges;
      return;
    }
    case "role":
      return void meeting.roles.set(change.sub, change.role);
    case "token.role":
      return void meeting.tokenRoles.set(change.sub, change.said);
    case "mutes":
      if (change.sources.length === 0) meeting.mutes.delete(change.sub);
      else meeting.mutes.set(change.sub, change.sources);
      return;
    case "subject.removed": {
      // A demotion holds on over the token's role.
      if (meeting.roles.get(change.sub) === "host") meeting.roles.delete(change.sub);
      const before = meeting.removals.get(change.sub);
      const banned = change.removal.banned || (before?.banned ?? false);
      const participantIds = new Set(before?.participantIds);
      for (const { sub, participantId } of meeting.attendees.values()) {
        if (sub === change.sub) participantIds.add(participantId);
      }
      const removal = { ...change.removal, banned, participantIds: [...participantIds] };
      return void meeting.removals.set(change.sub, removal);
    }
    case "guests.wait":
      meeting.guestsWait = true;
      return;
    case "speaker":
      meeting.speaker = change.participantId;
      return;
    case "quality":
      return void meeting.quality.set(change.participantId, change.level);
    case "lifetime":
      meeting.lifetime = change.lifetime;
      return;
  }
}

/** What no snapshot has. The chat is stored beside it. */
const UNSTORED: ReadonlySet<Change["change"]> = new Set([
  "chat",
  "sources",
  "presence",
  "speaker",
  "quality",
]);

/** Whether a change belongs to the snapshot. */
export function isStored({ change }: Change): boolean {
  return !UNSTORED.has(change);
}

/** All participants with a seat; those in the waiting room have none. */
export function seated(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state !== "waiting");
}

/** All participants who were announced to the others. */
export function announced(meeting: Meeting): Attendee[] {
  return [...meeting.attendees.values()].filter(({ state }) => state === "joined" || state === "away");
}

/** All participants in the waiting room, the longest waiting first. */
export function waitingRoom({ attendees }: Meeting): Attendee[] {
  return [...attendees.values()].filter(({ state }) => state === "waiting");
}

/** The participants with these ids who are in the waiting room. */
export function waiting({ attendees }: Meeting, participantIds: readonly string[]): Attendee[] {
  const ids = new Set(participantIds);
  return [...ids].flatMap((id) => attendees.get(id) ?? []).filter(({ state }) => state === "waiting");
}

/** Whether a token's subject was removed: after the token was issued, or for good. */
export function isRemoved(
  { removals }: Meeting,
  { sub, iat }: Pick<MeetingTokenClaims, "sub" | "iat">,
): boolean {
  const removal = removals.get(sub);
  return removal !== undefined && (removal.banned || iat * 1_000 <= removal.atMs);
}

/** The joined host with this id; undefined if the participant is no host, or is not in the meeting. */
export function hostOf({ attendees }: Meeting, participantId: string): Attendee | undefined {
  const attendee = attendees.get(participantId);
  return attendee?.state === "joined" && attendee.role === "host" ? attendee : undefined;
}

/** The participant with this id, if they are in the meeting: joined, or away for a moment. */
export function insiderOf({ attendees }: Meeting, participantId: string): Attendee | undefined {
  const attendee = attendees.get(participantId);
  return attendee?.state === "joined" || attendee?.state === "away" ? attendee : undefined;
}

/** Whether a host has a seat: one who is joining has, and so has one who is away for a moment. */
export function isHostIn(meeting: Meeting): boolean {
  return meeting.attendees.values().some(({ role, state }) => role === "host" && state !== "waiting");
}

/** Whether the others know of a host. A host's join may still fail, and nobody is told of it then. */
export function isHostKnown(meeting: Meeting): boolean {
  return announced(meeting).some(({ role }) => role === "host");
}

/** The joined participants who may admit others: hosts; while none is in, members. */
export function admitters(meeting: Meeting): Set<string> {
  const hostsOnly = isHostKnown(meeting);
  const may = [...meeting.attendees.values()].filter(({ role, participantType, state }) =>
    state === "joined" && (hostsOnly ? role === "host" : participantType === "member")
  );
  return new Set(may.map(({ participantId }) => participantId));
}

/** How many participants a meeting has, by state; those in the state `joining` count as joined. */
export interface Census {
  joined: number;
  waiting: number;
  away: number;
  /** Whether the meeting's last write failed. */
  readonly unstored: boolean;
}

/** Counts a meeting that is open, or none. */
export function census(meeting: Meeting | undefined, unstored = false): Census {
  const count: Census = { joined: 0, waiting: 0, away: 0, unstored };
  for (const { state } of meeting?.attendees.values() ?? []) count[state === "joining" ? "joined" : state]++;
  return count;
}

/** The newest messages that one attendee may read: those to all, and the private ones from or to the attendee. */
export function chatFor(meeting: Meeting, participantId: string): ChatMessage[] {
  const readable = meeting.chat.filter(({ to, from }) =>
    to === undefined || to === participantId || from === participantId
  );
  let first = readable.length;
  let leftBytes = chatAnswerBytes;
  for (const message of readable.toReversed()) {
    leftBytes -= encoder.encode(JSON.stringify(message)).length;
    if (leftBytes < 0) break;
    first--;
  }
  return readable.slice(first);
}
