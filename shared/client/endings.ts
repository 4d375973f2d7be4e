import { errorWords } from "./error_words.ts";
import type { ApiFailure } from "./http.ts";
import { refusedField } from "./refused_field.ts";
import type { RequestFailure } from "./signaling.ts";

/** Why somebody is not in the meeting (any more). */
export type EndReason =
  | "left"
  | "denied"
  | "removed"
  | "ended"
  | "replaced"
  | "full"
  | "waiting_room_full"
  | "locked"
  | "not_found"
  | "not_allowed"
  | "lost"
  | "failed";

export interface Ending {
  reason: EndReason;
  message: string;
  /** What the server found wrong with their name, as a predicate: they may join under another one. */
  nameRefusal?: string;
  /** What was thrown where nothing should be. */
  cause?: unknown;
}

const words: Record<EndReason, string> = {
  left: "You can come back while it goes on.",
  denied: "The host did not let you in.",
  removed: "A host removed you from this meeting.",
  ended: "Nobody can join it any more.",
  replaced: "You continued this meeting in another window or on another device.",
  full: "There is no place for you in this meeting. Try again when somebody has left.",
  waiting_room_full: "Many people wait to be let in. Try again in a few minutes.",
  locked: "Nobody new gets in. Ask a host to unlock it, then try again.",
  not_found: "There is no meeting with this code. Check the link.",
  not_allowed: "You may not join this meeting. Ask the host for an invitation.",
  lost: "The connection to the meeting was lost and could not be restored.",
  failed: "The meeting could not be joined. Try again in a moment.",
};

export function ending(reason: EndReason, message: string = words[reason]): Ending {
  return { reason, message };
}

/** Something was thrown: a fault of the page's, or a browser that lacks what the page needs. */
export function endingOfFault(cause: unknown): Ending {
  const message =
    "Something in this page went wrong. Reload it. If it stays so, use a current Chrome, Edge, " +
    "Firefox or Safari.";
  return { ...ending("failed", message), cause };
}

function endingOfInvalid(failure: RequestFailure): Ending {
  const nameRefusal = refusedField(failure, "display_name");
  if (nameRefusal === undefined) return ending("failed", errorWords(failure));
  return { ...ending("failed", `Your name ${nameRefusal}. Choose another one.`), nameRefusal };
}

/** What a refused `join` means for good; undefined when trying again may help. */
export function endingOfJoin(failure: RequestFailure): Ending | undefined {
  switch (failure.code) {
    case "MEETING_FULL":
      // Which places are taken, the meeting's or one's own, the server says alone.
      return ending("full", errorWords(failure));
    case "WAITING_ROOM_FULL":
      return ending("waiting_room_full");
    case "RATE_LIMITED":
      // Of somebody who joins, or asks to be let in, again and again.
      return ending("failed", failure.message);
    case "MEETING_LOCKED":
      return ending("locked");
    case "FORBIDDEN":
      return ending("not_allowed");
    case "NOT_FOUND":
      return ending("not_found");
    case "INVALID_REQUEST":
      return endingOfInvalid(failure);
    case "BAD_ANSWER":
      return ending("failed", errorWords(failure));
    default:
      return undefined;
  }
}

/** Whoever has no account is not told of a meeting that isn't open to them. */
const NOT_FOUND_FOR_GUESTS =
  "There is no meeting for guests with this code. Check the link, or sign in if it is " +
  "a meeting of your organisation.";

/** What it means that somebody isn't let in before they ever joined. */
export function endingBeforeJoin(failure: ApiFailure, isGuest: boolean): Ending {
  if (failure.code === "MEETING_ENDED") return ending("ended");
  if (failure.status === 404) return ending("not_found", isGuest ? NOT_FOUND_FOR_GUESTS : words.not_found);
  if (failure.status === 403) return ending("not_allowed", errorWords(failure));
  return ending("failed", errorWords(failure));
}

/**
 * What a refused renewal of a ticket means for good, to somebody who was in or never got in; undefined when trying again
 * may help.
 */
export function endingOfTicket(failure: ApiFailure, wasIn = true): Ending | undefined {
  if (failure.code === "MEETING_ENDED") return ending("ended");
  if (failure.status === 404) return ending("not_found");
  if (failure.status === 401) {
    return wasIn ? ending("lost", "Your time away was too long. Join the meeting again.") : ending("failed");
  }
  if (failure.status === 403) return ending("removed", errorWords(failure));
  return undefined;
}
