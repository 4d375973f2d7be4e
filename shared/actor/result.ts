/** The codes with which the runtime itself can fail an ask of any protocol (rule A4). */
export const actorFailureCodes = [
  /** The deadline passed first. */
  "timeout",
  /** The caller's signal was aborted. */
  "aborted",
  /** The mailbox is full. */
  "overloaded",
  /** The ask would wait for an actor that waits for this ask's answer. */
  "cycle",
  /** The actor is between two lives and its mailbox is full; the handler never ran, so sending again is safe. */
  "restarting",
  /** The actor has stopped or is stopping. */
  "stopped",
  /** The handler threw, or its Worker died; it may have run in part. */
  "crashed",
  /** The link to the other isolate or service is down. */
  "unreachable",
  /** A body or an answer didn't match its schema (Worker-hosted and remote homes only), or `timeoutMs` is no number. */
  "invalid",
] as const;

export type ActorFailureCode = typeof actorFailureCodes[number];

/**
 * A refusal, with a code for programs and a sentence for people. Handlers return it, and never throw it. `details` must
 * be structured-cloneable.
 */
export class Failure<C extends string = string> {
  constructor(readonly code: C, readonly message: string, readonly details?: unknown) {}
}

/** The outcome of an ask, or of any other operation that may fail. `E` is the type of a failure with more than a code. */
export type Result<T, C extends string = string, E extends Failure<C> = Failure<C>> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Refuses a message with one of its protocol's codes. The message is read by people. */
export function fail<C extends string>(code: C, message: string, details?: unknown): Failure<C> {
  return new Failure(code, message, details);
}

/** The value of an outcome; throws an `Error` with the code if it is a failure. */
export function valueOf<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.error.code}: ${result.error.message}`, { cause: result.error });
}
