/** A refusal or a failure, of REST or of signaling. */
export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

const DIFFERENT_VERSIONS = "This page and the server don't understand each other. Reload the page.";
const NOT_IN = "You are not in the meeting. Join it first.";

/** What a code means to a person, where the server's own words are for somebody who writes a client. */
const words: Readonly<Record<string, string>> = {
  INVALID_REQUEST: DIFFERENT_VERSIONS,
  BAD_ANSWER: DIFFERENT_VERSIONS,
  UNEXPECTED: "The server's answer makes no sense here. Reload the page, and try again.",
  METHOD_NOT_ALLOWED: DIFFERENT_VERSIONS,
  UNSUPPORTED_MEDIA_TYPE: DIFFERENT_VERSIONS,
  NOT_IMPLEMENTED: DIFFERENT_VERSIONS,
  PAGE_NOT_FOUND: DIFFERENT_VERSIONS,
  PAYLOAD_TOO_LARGE: "This is too large to send. Make it shorter.",
  REQUEST_TIMEOUT: "Your connection was too slow to send this. Try again.",
  UNAUTHORIZED: "You are not signed in any more. Sign in again.",
  NO_SESSION: "You are not signed in any more. Sign in again.",
  ORIGIN_NOT_ALLOWED: "This server can't be used from this address. Open it under its own.",
  NOT_FOUND: "That is not there any more.",
  NOT_JOINED: NOT_IN,
  WAITING: "A host has not let you in yet.",
  TIMEOUT: "The server didn't answer in time. Try again.",
  CONTROLLER_UNAVAILABLE: "No server has room for this meeting at this moment.",
  HANDLER_UNAVAILABLE: "No server for sound and picture has room at this moment.",
  OVERLOADED: "The server has too much to do at this moment.",
  UNAVAILABLE: "The server can't do this at this moment.",
  RATE_LIMITED: "That was too much at once.",
  TOO_MANY_ATTEMPTS: "Too many attempts have failed.",
  INTERNAL: "Something went wrong at the server. If it stays so, tell whoever runs it.",
};

/** These pass; when is said with them. */
const passing: ReadonlySet<string> = new Set([
  "CONTROLLER_UNAVAILABLE",
  "HANDLER_UNAVAILABLE",
  "OVERLOADED",
  "UNAVAILABLE",
  "RATE_LIMITED",
  "TOO_MANY_ATTEMPTS",
]);

function when(seconds: number | undefined): string {
  if (seconds === undefined) return "Try again in a moment.";
  if (seconds < 90) return `Try again in ${Math.max(1, Math.ceil(seconds))} seconds.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

/** Why something was refused or failed, in words for whoever uses the page, with what to do. */
export function errorWords({ code, message, retryAfterSeconds }: Refused): string {
  const own = Object.hasOwn(words, code) ? words[code] : undefined;
  const said = own ?? (/[.!?…]$/.test(message) ? message : `${message}.`);
  return passing.has(code) ? `${said} ${when(retryAfterSeconds)}` : said;
}
