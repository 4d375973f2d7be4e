import { refuseCommon } from "./common_errors.ts";
import type { HttpError } from "./http_error.ts";
import type { Incoming } from "./route.ts";

/** How large a request's body may be, and how long it may take. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/**
 * Reads a request's body in full.
 *
 * @throws {HttpError} 413 as soon as it is known to be too large, 408 if it comes too slowly, 400 if it breaks off
 */
export async function readBody({ request, limits }: Incoming): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > limits.maxBytes) throw refuseCommon("PAYLOAD_TOO_LARGE");
  if (request.body === null) return new Uint8Array();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(refuseCommon("REQUEST_TIMEOUT", { headers: CLOSE })),
    limits.timeoutMs,
  );
  try {
    // The server holds a body to its announced length, and reads it in one go at a fraction of the cost.
    const body = announced > 0 ? whole(request) : collect(request.body.getReader(), limits.maxBytes);
    return await Promise.race([body, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** A connection whose body was not read to its end can't carry another request. */
const CLOSE = { connection: "close" };

async function whole(request: Request): Promise<Uint8Array> {
  try {
    return await request.bytes();
  } catch (cause) {
    throw brokeOff(cause);
  }
}

async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await next(reader);
    if (done) break;
    length += value.length;
    if (length > maxBytes) throw refuseCommon("PAYLOAD_TOO_LARGE", { headers: CLOSE });
    chunks.push(value);
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    throw brokeOff(cause);
  }
}

function brokeOff(cause: unknown): HttpError {
  return refuseCommon("INVALID_REQUEST", { message: "The request's body broke off", cause });
}
