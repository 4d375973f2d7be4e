import type { ActorFailureCode, Result } from "../../shared/actor/mod.ts";
import type { SignalingError, SignalingErrorCode } from "../../shared/protocol/mod.ts";

/** How each of an actor's own refusals is told to a client: a code that the table lacks doesn't compile. */
export type Refusals<C extends string> = Readonly<Record<Exclude<C, ActorFailureCode>, SignalingErrorCode>>;

/** How it is told that an actor could not answer at all. */
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

/** What a request is answered with. */
export type Answer<T> = { readonly ok: true; readonly data: T } | {
  readonly ok: false;
  readonly error: SignalingError;
};

/** An actor's answer, as the client is told it. */
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

/** The answer to a request that is done and says nothing more. */
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
