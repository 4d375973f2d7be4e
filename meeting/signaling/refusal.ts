import type { ActorFailureCode, Result } from "../../shared/actor/mod.ts";
import type { SignalingError, SignalingErrorCode } from "../../shared/protocol/mod.ts";

/** The signaling error for each refusal of a protocol. A table that lacks one of the codes doesn't compile. */
export type Refusals<C extends string> = Readonly<Record<Exclude<C, ActorFailureCode>, SignalingErrorCode>>;

/** The signaling error for each failure of the actor runtime. */
const failures: Readonly<Record<ActorFailureCode, SignalingErrorCode>> = {
  timeout: "TIMEOUT",
  aborted: "TIMEOUT",
  overloaded: "OVERLOADED",
  restarting: "OVERLOADED",
  stopped: "OVERLOADED",
  unreachable: "HANDLER_UNAVAILABLE",
  cycle: "INTERNAL",
  crashed: "INTERNAL",
  invalid: "INTERNAL",
};

/** The answer to a request. */
export type Answer<T> = { readonly ok: true; readonly data: T } | {
  readonly ok: false;
  readonly error: SignalingError;
};

/** Translates an actor's answer into the client's. */
export function answer<T, C extends string>(
  result: Result<T, C | ActorFailureCode>,
  refusals: Refusals<C>,
): Answer<T> {
  if (result.ok) return { ok: true, data: result.value };
  const { code, message } = result.error;
  return refuse(isFailure(code) ? failures[code] : refusals[code as Exclude<C, ActorFailureCode>], message);
}

export function refuse(code: SignalingErrorCode, message: string): Answer<never> {
  return { ok: false, error: { code, message } };
}

/** The same for a request whose successful answer has no data. */
export function done<C extends string>(
  result: Result<unknown, C | ActorFailureCode>,
  refusals: Refusals<C>,
): Answer<Record<never, never>> {
  const answered = answer(result, refusals);
  return answered.ok ? { ok: true, data: {} } : answered;
}

function isFailure(code: string): code is ActorFailureCode {
  return Object.hasOwn(failures, code);
}
