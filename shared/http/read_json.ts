import type { z } from "zod";
import { refuseCommon } from "./common_errors.ts";
import type { ErrorDetail } from "./http_error.ts";
import { mediaType } from "./media_type.ts";
import { parseJson } from "./parse_json.ts";
import { readBody } from "./read_body.ts";
import type { Incoming } from "./route.ts";

/**
 * Reads a request's JSON body and checks it against a schema. Schemas of bodies are strict objects: an unknown field is
 * an error.
 *
 * @throws {HttpError} 415 if it is not JSON, 400 with details if it doesn't fit, and what `readBody` throws
 */
export async function readJson<T>(incoming: Incoming, schema: z.ZodType<T>): Promise<T> {
  if (mediaType(incoming.request) !== "application/json") throw refuseCommon("UNSUPPORTED_MEDIA_TYPE");
  return validate(decodeJson(await readBody(incoming)), schema);
}

/**
 * Checks a value from outside against a schema.
 *
 * @throws {HttpError} 400 with details
 */
export function validate<T>(value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuseCommon("INVALID_REQUEST", { details: result.error.issues.flatMap(details) });
}

/** @throws {HttpError} 400 if it is malformed */
export function decodeJson(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw refuseCommon("INVALID_REQUEST", { message: "The request's body is not valid JSON", cause });
  }
}

function details(issue: z.core.$ZodIssue): ErrorDetail[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
  return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is not a known field" }));
}
