import type { SignalingError, SignalingErrorCode } from "../../shared/protocol/mod.ts";

/** How what actors refuse with is told to a client. Whatever is not listed is our own failure. */
const byCode: Readonly<Record<string, SignalingErrorCode>> = {
  not_found: "NOT_FOUND",
  rejected: "INVALID_REQUEST",
  unavailable: "HANDLER_UNAVAILABLE",
  unreachable: "HANDLER_UNAVAILABLE",
  overloaded: "OVERLOADED",
  restarting: "OVERLOADED",
  timeout: "TIMEOUT",
  forbidden: "FORBIDDEN",
  full: "MEETING_FULL",
  locked: "MEETING_LOCKED",
};

/** Makes a refusal, of the protocol's own codes or of an actor's. */
export function refuse(code: string, message: string): SignalingError {
  return { code: isSignalingCode(code) ? code : byCode[code] ?? "INTERNAL", message };
}

/** Whether an answer is a refusal. */
export function isRefusal(answer: object): answer is SignalingError {
  return "code" in answer && "message" in answer;
}

const own: ReadonlySet<string> = new Set<SignalingErrorCode>([
  "INVALID_REQUEST",
  "NOT_JOINED",
  "WAITING",
  "FORBIDDEN",
  "RATE_LIMITED",
]);

function isSignalingCode(code: string): code is SignalingErrorCode {
  return own.has(code);
}
