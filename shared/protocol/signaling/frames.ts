import type * as z from "zod";
import { limits } from "../text.ts";
import { closeCodes } from "./close_codes.ts";
import { type SignalingError, signalingError } from "./error_codes.ts";
import { nestsTooDeep } from "./nests_too_deep.ts";
import {
  isNotificationType,
  type Notification,
  type NotificationData,
  notifications,
  type NotificationType,
} from "./notifications.ts";
import {
  isRequestType,
  type RequestAnswer,
  type RequestData,
  requests,
  type RequestType,
} from "./requests.ts";
import { skimRequest } from "./skim_request.ts";

/** The subprotocol that both sides speak; the token travels beside it as `bearer.` + token. */
export const SUBPROTOCOL = "darktower.v1";
export const BEARER_PREFIX = "bearer.";

/** A checked request, narrowed by its `type`. */
export type RequestFrame = { [T in RequestType]: { id: number; type: T; data: RequestData<T> } }[RequestType];

export type ParsedRequest =
  | { kind: "request"; frame: RequestFrame }
  /** A request that is refused by an answer. */
  | { kind: "refuse"; id: number; type: string | null; error: SignalingError }
  /** Not a frame of this protocol: close the connection with this code. */
  | { kind: "close"; code: typeof closeCodes.malformed | typeof closeCodes.frameTooLarge; message: string };

export type ServerFrame =
  | { kind: "answer"; re: number; data: unknown }
  | { kind: "error"; re: number; error: SignalingError }
  | { kind: "notification"; notification: Notification }
  /** An unknown notification, from a newer server. */
  | { kind: "unknown"; type: string }
  | { kind: "malformed"; message: string };

/** Whether a text is longer than 64 KiB in UTF-8. Cheap for the usual short frame. */
export function isFrameTooLarge(text: string): boolean {
  if (text.length * 3 <= limits.frameBytes) return false;
  if (text.length > limits.frameBytes) return true;
  return new TextEncoder().encode(text).length > limits.frameBytes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first error of a schema, with its path. */
function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "is invalid";
  const path = issue.path.map(String).join(".");
  return path ? `${path}: ${issue.message}` : issue.message;
}

/** A frame that a server received; every `data` in a `request` went through its schema. */
export function parseRequest(frame: string | ArrayBufferView | ArrayBuffer | Blob): ParsedRequest {
  const close = (code: 4400 | 4413, message: string): ParsedRequest => ({ kind: "close", code, message });
  if (typeof frame !== "string") return close(closeCodes.malformed, "frames are text");
  if (isFrameTooLarge(frame)) return close(closeCodes.frameTooLarge, "frame is larger than 64 KiB");
  if (nestsTooDeep(frame)) {
    const skimmed = skimRequest(frame);
    const error = { code: "INVALID_REQUEST", message: "frame nests too deep" } as const;
    return skimmed === null
      ? close(closeCodes.malformed, error.message)
      : { kind: "refuse", ...skimmed, error };
  }
  const object = parseObject(frame);
  if (!object) return close(closeCodes.malformed, "frame is not a JSON object");
  const { id, type, data } = object;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 1) {
    return close(closeCodes.malformed, "id is not a positive integer");
  }
  if (typeof type !== "string") return close(closeCodes.malformed, "type is not a string");
  const refuse = (message: string): ParsedRequest => ({
    kind: "refuse",
    id,
    type,
    error: { code: "INVALID_REQUEST", message },
  });
  if (!isRequestType(type)) return refuse("unknown request type");
  const parsed = requests[type].data.safeParse(data ?? {});
  if (!parsed.success) return refuse(describeIssue(parsed.error));
  // The schema was chosen by the type, which TypeScript can't follow through the union.
  return { kind: "request", frame: { id, type, data: parsed.data } as RequestFrame };
}

/** A frame that a client received; notifications went through their schema, answers not yet (see `parseAnswer`). */
export function parseServerFrame(text: string): ServerFrame {
  const object = parseObject(text);
  if (!object) return { kind: "malformed", message: "frame is not a JSON object" };
  const { re, ok, type, data, error } = object;
  if (typeof re === "number") {
    if (ok === true) return { kind: "answer", re, data: data ?? {} };
    const parsed = signalingError.safeParse(error);
    if (parsed.success) return { kind: "error", re, error: parsed.data };
    return { kind: "error", re, error: { code: "INTERNAL", message: "the answer could not be understood" } };
  }
  if (typeof type !== "string") return { kind: "malformed", message: "frame has neither re nor type" };
  if (!isNotificationType(type)) return { kind: "unknown", type };
  const parsed = notifications[type].safeParse(data);
  if (!parsed.success) return { kind: "malformed", message: `${type}: ${describeIssue(parsed.error)}` };
  return { kind: "notification", notification: { type, data: parsed.data } as Notification };
}

/** Checks an answer's data against the request's schema; undefined when it doesn't fit. */
export function parseAnswer<T extends RequestType>(type: T, data: unknown): RequestAnswer<T> | undefined {
  const parsed = requests[type].answer.safeParse(data);
  return parsed.success ? parsed.data as RequestAnswer<T> : undefined;
}

export function requestFrame<T extends RequestType>(id: number, type: T, data: RequestData<T>): string {
  return JSON.stringify({ id, type, data });
}

export function answerFrame<T extends RequestType>(re: number, data: RequestAnswer<T>): string {
  return JSON.stringify({ re, ok: true, data });
}

export function errorFrame(re: number, error: SignalingError): string {
  return JSON.stringify({ re, ok: false, error: { code: error.code, message: error.message } });
}

export function notificationFrame<T extends NotificationType>(type: T, data: NotificationData<T>): string {
  return JSON.stringify({ type, data });
}
