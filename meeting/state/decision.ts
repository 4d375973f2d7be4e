import type { CloseCode, NotificationData, NotificationType } from "../../shared/protocol/mod.ts";
import type { Moderation } from "./meeting_audit.ts";
import type { Change } from "./meeting.ts";

type Told<T extends NotificationType> = { readonly type: T; readonly data: Omit<NotificationData<T>, "rev"> };
type AnyTold = { [T in NotificationType]: Told<T> }[NotificationType];

/** What somebody is to be told. */
export type Notice = AnyTold & {
  readonly to:
    /** Everybody who is in the meeting, as its next revision. */
    | "everyone"
    /** The same, without a revision: it is no part of the meeting's state. */
    | "everyone in passing"
    /** Whoever may let people in. */
    | "admitters"
    /** These participants. */
    | readonly string[];
  /** Who reads it elsewhere: in the answer to their own join. */
  readonly except?: string;
};

/** Who did something, and from where. */
export interface Doer {
  readonly sub: string;
  readonly address: string;
}

/** Something that has to be done beside the meeting's state. */
export type Effect =
  /** Has media attached for somebody who was let in, and then tells everybody. */
  | { readonly effect: "admit"; readonly participantId: string }
  /** Somebody goes: their media first, then everybody is told. Their connection is closed where there is a code. */
  | {
    readonly effect: "remove";
    readonly participantId: string;
    readonly reason: NotificationData<"participant.left">["reason"];
    readonly close?: { readonly code: CloseCode; readonly reason: string };
  }
  /** Puts on record what was done to whom. */
  | {
    readonly effect: "record";
    readonly type: Moderation["type"];
    readonly by: Doer;
    readonly subject: string;
    readonly details?: Moderation["details"];
  };

/** What a command does: a pure function of the meeting and the command makes it, the actor carries it out. */
export interface Decision<T = void> {
  readonly answer: T;
  readonly changes?: readonly Change[];
  readonly notices?: readonly Notice[];
  readonly effects?: readonly Effect[];
}

/** A decision without an answer. */
export function decision(parts: Omit<Decision, "answer">): Decision {
  return { answer: undefined, ...parts };
}
