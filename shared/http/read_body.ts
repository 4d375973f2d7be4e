import { isolateRuntime, WheelTimer } from "../actor/mod.ts";
import type { BodyLimits } from "./body_limits.ts";
import { refuseCommon } from "./common_errors.ts";
import type { HttpError } from "./http_error.ts";
import type { Incoming } from "./route.ts";

/**
 * Reads a request's body in full.
 *
 * @throws {HttpError} 413 as soon as it is known to be too large, 408 if it comes too slowly, 400 if it breaks off
 */
export async function readBody({ request, limits }: Incoming): Promise<Uint8Array> {
  const announced = request.headers.get("content-length");
  if (Number(announced ?? 0) > limits.maxBytes) throw refuseCommon("PAYLOAD_TOO_LARGE");
  // The server enforces the announced length, so the body can be read whole; its stream costs many times as much.
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const late = () => reject(refuseCommon("REQUEST_TIMEOUT", { headers: CLOSE }));
  const body = announced === null ? streamed(request, limits, late) : whole(request);
  const timer = new WheelTimer(isolateRuntime, limits.timeoutMs, late);
  body.then(resolve, reject);
  try {
    return await promise;
  } finally {
    timer.cancel();
  }
}

/** The refusal closes the connection: with an unread body it can't carry another request. */
const CLOSE = { connection: "close" };

async function whole(request: Request): Promise<Uint8Array> {
  try {
    return await request.bytes();
  } catch (cause) {
    throw brokeOff(cause);
  }
}

/**
 * Reads a body of unknown length, chunk by chunk. Its trailers (RFC 9112 §7.1.2) are kept by the runtime, whole and without
 * a bound, for as long as the body's end is waited for: so the wait for each piece is short, after which `late` is called.
 */
async function streamed(
  { body }: Request,
  { maxBytes, pauseMs }: BodyLimits,
  late: () => void,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const pause = new WheelTimer(isolateRuntime, pauseMs, late);
    const { done, value } = await next(reader).finally(() => pause.cancel());
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
