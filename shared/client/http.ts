import type * as z from "zod";
import { errorBody } from "../protocol/rest.ts";
import type { Failure, Result } from "../actor/result.ts";

/** A refused or failed REST call. `status` is 0 when no answer came at all. */
export interface ApiFailure extends Failure {
  status: number;
  retryAfterSeconds?: number;
  readonly details?: readonly { path: string; message: string }[];
}

export type ApiResult<T> = Result<T, string, ApiFailure>;

export interface Call<T> {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  /** Schema of the answer's body; left out where there is none. */
  answer?: z.ZodType<T>;
  body?: unknown;
  token?: string;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 15_000;

function failure(status: number, code: string, message: string): { ok: false; error: ApiFailure } {
  return { ok: false, error: { status, code, message } };
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function refused(response: Response, body: unknown): { ok: false; error: ApiFailure } {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) {
    return failure(response.status, "UNEXPECTED", `The server answered with status ${response.status}.`);
  }
  const { code, message, details, retry_after_seconds } = parsed.data.error;
  return {
    ok: false,
    error: {
      status: response.status,
      code,
      message,
      ...(details ? { details } : {}),
      ...(retry_after_seconds === undefined ? {} : { retryAfterSeconds: retry_after_seconds }),
    },
  };
}

/** One REST call; never throws. Codes of its own: `NETWORK` (no answer) and `UNEXPECTED` (not one of ours). */
export async function call<T>(fetch: Fetch, baseUrl: string, request: Call<T>): Promise<ApiResult<T>> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (request.token !== undefined) headers["authorization"] = `Bearer ${request.token}`;
  let response: Response;
  try {
    response = await fetch(baseUrl + request.path, {
      method: request.method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  } catch {
    return failure(0, "NETWORK", "The server cannot be reached. Check your connection and try again.");
  }
  const body = await readJson(response);
  if (!response.ok) return refused(response, body);
  // Without a schema the caller asked for nothing back.
  if (!request.answer) return { ok: true, value: undefined as T };
  const parsed = request.answer.safeParse(body);
  if (!parsed.success) {
    return failure(response.status, "UNEXPECTED", "The server's answer could not be understood.");
  }
  return { ok: true, value: parsed.data };
}
