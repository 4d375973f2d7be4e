import { refuseCommon } from "../../shared/http/mod.ts";
import { id } from "../../shared/protocol/mod.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { Position } from "./meeting_store.ts";

/** The text that stands for the end of a page. */
export function encodeCursor({ created_at, meeting_id }: MeetingRow): string {
  const bytes = new TextEncoder().encode(`${created_at} ${meeting_id}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** @throws {HttpError} 400 if it is none of ours */
export function decodeCursor(cursor: string): Position {
  const [time = "", meetingId] = decoded(cursor).split(" ");
  const parsed = id.safeParse(meetingId);
  if (!/^\d{1,15}$/.test(time) || !parsed.success) throw notOurs();
  return { createdAt: Number(time), meetingId: parsed.data };
}

function decoded(cursor: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
  } catch (cause) {
    throw notOurs(cause);
  }
}

function notOurs(cause?: unknown) {
  return refuseCommon("INVALID_REQUEST", {
    details: [{ path: "cursor", message: "is not from an earlier answer" }],
    cause,
  });
}
