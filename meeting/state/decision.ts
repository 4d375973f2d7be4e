import type {
  CloseCode,
  MediaSource,
  NotificationData,
  NotificationType,
} from "../../shared/protocol/mod.ts";
import type { Moderation } from "./meeting_audit.ts";
import type { Change, Removal } from "./meeting.ts";

type Told<T extends NotificationType> = { readonly type: T; readonly data: Omit<NotificationData<T>, "rev"> };
type AnyTold = { [T in NotificationType]: Told<T> }[NotificationType];

/** A notification with its recipients. */
export type Notice = AnyTold & {
  readonly to:
    /** All joined participants, as the meeting's next revision. */
    | "everyone"
    /** All joined participants, without a revision: the notice is no part of the meeting's state. */
    | "everyone in passing"
    /** The participants who may admit others: hosts; while none is in, members. */
    | "admitters"
    /** These participants. */
    | readonly string[];
  /** A participant who isn't notified: the answer to their own join has the same. */
  readonly except?: string;
};

/** The subject that did something, and the address that it came from. */
export interface Doer {
  readonly sub: string;
  readonly address: string;
}

/** Recorded as the doer of what nobody in the meeting did: requests of GC, and what a token says. */
export const system: Doer = { sub: "system", address: "" };

/** Work that a decision needs beside changes of the meeting's state. */
export type Effect =
  /** Attaches media for a participant whom a host admitted, and then tells everybody. */
  | { readonly effect: "admit"; readonly participantId: string; readonly startMuted: readonly MediaSource[] }
  /** Removes a participant: detaches their media, then tells everybody. `close` also closes their connection. */
  | {
    readonly effect: "remove";
    readonly participantId: string;
    readonly reason: NotificationData<"participant.left">["reason"];
    readonly close?: { readonly code: CloseCode; readonly reason: string };
  }
  /** Has everybody told how a participant is, now or a little later (`UpdateNotices`). */
  | { readonly effect: "updated"; readonly participantId: string }
  /** Counts that somebody asked to be let in. */
  | { readonly effect: "knocked"; readonly sub: string }
  /** Counts that somebody from an address was not let in. */
  | { readonly effect: "denied"; readonly address: string }
  /** Has a participant's media rights hold at the handler. */
  | {
    readonly effect: "rights";
    readonly participantId: string;
    /** The sources that the participant has to switch on again by themselves. */
    readonly silenced: readonly MediaSource[];
  }
  /** Has a subject's tokens refused everywhere. */
  | { readonly effect: "revoke"; readonly sub: string; readonly removal: Removal }
  /** Records a moderation event in the audit trail. */
  | {
    readonly effect: "record";
    readonly type: Moderation["type"];
    readonly by: Doer;
    readonly subject: string;
    readonly details?: Moderation["details"];
  };

/** The outcome of a command. Pure functions of meeting and command make decisions; the actor carries them out. */
export interface Decision<T = Record<never, never>> {
  readonly answer: T;
  readonly changes?: readonly Change[];
  readonly notices?: readonly Notice[];
  readonly effects?: readonly Effect[];
}

/** A decision whose answer says no more than that it was taken. */
export function decision(parts: Omit<Decision, "answer">): Decision {
  return { answer: {}, ...parts };
}
