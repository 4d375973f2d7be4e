import { refuseCommon } from "./common_errors.ts";
import { mediaType } from "./media_type.ts";
import { readBody } from "./read_body.ts";
import type { Incoming } from "./route.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a request's form-encoded body.
 *
 * @throws {HttpError} 415 if it is something else, 400 if it isn't UTF-8, and what `readBody` throws
 */
export async function readForm(incoming: Incoming): Promise<URLSearchParams> {
  if (mediaType(incoming.request) !== "application/x-www-form-urlencoded") {
    throw refuseCommon("UNSUPPORTED_MEDIA_TYPE", {
      message: "The request's body must be a form (content-type: application/x-www-form-urlencoded)",
    });
  }
  const bytes = await readBody(incoming);
  try {
    return new URLSearchParams(decoder.decode(bytes));
  } catch (cause) {
    throw refuseCommon("INVALID_REQUEST", { message: "The request's body is not UTF-8", cause });
  }
}
