import * as z from "zod";

/** The upper bounds of texts and lists from clients. */
export const limits = {
  idCharacters: 64,
  displayNameCharacters: 64,
  chatCharacters: 4_000,
  reactionCharacters: 64,
  frameBytes: 65_536,
  bodyBytes: 65_536,
  /** Users, consumers or assignments in one list. */
  listItems: 1_000,
  emailCharacters: 254,
  passwordCharacters: 1_024,
  urlCharacters: 2_048,
  tokenCharacters: 8_192,
} as const;

const CONTROL = /\p{Cc}/u;
const CONTROL_EXCEPT_LAYOUT = /[^\P{Cc}\t\n\r]/u;
/** Marks, embeddings, overrides and isolates make one name look like another; a name never needs them. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** A character that shows something. Two blanks and a musical mark are no spaces by their category, and show nothing either. */
const VISIBLE = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/u;

interface TextRule {
  readonly max: number;
  readonly refuse: readonly RegExp[];
}

/** The one rule for texts that people see: NFC, trimmed, valid Unicode, and something in it that can be seen. */
function text({ max, refuse }: TextRule) {
  return z.string()
    .max(max * 4, "is too long")
    .refine((value) => value.isWellFormed(), "is not valid Unicode")
    .normalize("NFC")
    .trim()
    .refine((value) => value !== "", "is empty")
    .refine((value) => value === "" || VISIBLE.test(value), "shows nothing")
    .refine(
      (value) => value.length <= max || Array.from(value).length <= max,
      `is longer than ${max} characters`,
    )
    .refine(
      (value) => !refuse.some((pattern) => pattern.test(value)),
      "has characters in it that can't be seen",
    )
    .meta({ minLength: 1, maxLength: max });
}

/** A text of one line. */
const line = (max: number) => text({ max, refuse: [CONTROL, DIRECTION] });

const ID = /^[A-Za-z0-9_.:~-]+$/;

/** An opaque identifier: 1 to 64 characters of URL-safe ASCII and `:`, `.`, `~`. */
export const id = z.string().min(1).max(limits.idCharacters).regex(ID, "is not an id");

/** The same as a plain check, for use at every request: it gives no description of an error. */
export function isId(text: string): boolean {
  return text.length <= limits.idCharacters && ID.test(text);
}

/** A name of a person or a meeting: 1 to 64 characters (code points). */
export const displayName = line(limits.displayNameCharacters);

/** A reaction: an emoji, or a few words. */
export const reactionText = line(limits.reactionCharacters);

/**
 * A chat message: 1 to 4,000 characters (code points). Line breaks and tabs are kept, and directions too: right-to-left
 * texts need them, and a page shows each message by itself.
 */
export const chatText = text({ max: limits.chatCharacters, refuse: [CONTROL_EXCEPT_LAYOUT] });

/** RFC 3339 in UTC, as `Date.prototype.toISOString` writes it. */
export const time = z.iso.datetime();

/** An absolute `http:` or `https:` URL. */
export const httpUrl = z.string().max(limits.urlCharacters).regex(/^https?:\/\/\S+$/, "is not an http URL");

/** An absolute `ws:` or `wss:` URL. */
export const webSocketUrl = z.string().max(limits.urlCharacters)
  .regex(/^wss?:\/\/\S+$/, "is not a WebSocket URL");

export const count = z.int().min(0);

/** The trace that a request belongs to (W3C Trace Context, §3.2). */
export const traceparent = z.string().regex(
  /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/,
  "is not a traceparent",
);
