import { refuseCommon } from "../../shared/http/mod.ts";
import { id } from "../../shared/protocol/mod.ts";

/** Where a page of a list ends: the last item's time and id. */
export interface Position {
  readonly at: number;
  readonly id: string;
}

/** The text that stands for the end of a page. */
export function encodePosition({ at, id }: Position): string {
  const bytes = new TextEncoder().encode(`${at} ${id}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** @throws {HttpError} 400 if it is none of ours */
export function decodePosition(cursor: string): Position {
  const [time = "", named] = decoded(cursor).split(" ");
  const parsed = id.safeParse(named);
  if (!/^\d{1,15}$/.test(time) || !parsed.success) throw notOurs();
  return { at: Number(time), id: parsed.data };
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
