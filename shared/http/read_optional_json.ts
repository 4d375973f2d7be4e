import type { z } from "zod";
import { refuseCommon } from "./common_errors.ts";
import { mediaType } from "./media_type.ts";
import { readBody } from "./read_body.ts";
import { decodeJson, validate } from "./read_json.ts";
import type { Incoming } from "./route.ts";

/**
 * Reads a JSON body that may be left out: without a byte it counts as `{}`. `request.body` doesn't tell these apart, since
 * the runtime gives every POST one.
 *
 * @throws {HttpError} what `readJson` throws
 */
export async function readOptionalJson<T>(incoming: Incoming, schema: z.ZodType<T>): Promise<T> {
  const bytes = await readBody(incoming);
  if (bytes.length === 0) return validate({}, schema);
  if (mediaType(incoming.request) !== "application/json") throw refuseCommon("UNSUPPORTED_MEDIA_TYPE");
  return validate(decodeJson(bytes), schema);
}
