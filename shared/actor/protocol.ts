import { z } from "zod";
import type { ActorFailureCode, Failure, Result } from "./result.ts";

/** A request that is answered with a value or with one of `errors`. */
export interface AskSpec<
  I extends z.ZodType = z.ZodType,
  O extends z.ZodType = z.ZodType,
  C extends string = string,
> {
  readonly kind: "ask";
  readonly input: I;
  readonly output: O;
  readonly errors: readonly C[];
}

/** A message without an answer. */
export interface TellSpec<I extends z.ZodType = z.ZodType> {
  readonly kind: "tell";
  readonly input: I;
}

/** The names, schemas and error codes of all messages that an actor understands; a value as well as a type. */
export type Protocol = Readonly<Record<string, AskSpec | TellSpec>>;

/** Describes an ask: the schema of its body, the schema of its answer, and the closed set of its refusals. */
export function ask<I extends z.ZodType, O extends z.ZodType, const C extends string = never>(
  input: I,
  output: O,
  errors: readonly C[] = [],
): AskSpec<I, O, C> {
  return { kind: "ask", input, output, errors };
}

/** Describes a tell. */
export function tell<I extends z.ZodType>(input: I): TellSpec<I> {
  return { kind: "tell", input };
}

/** Makes a protocol of its messages. */
export function protocol<P extends Protocol>(messages: P): P {
  return Object.freeze(messages);
}

/** The schema of a value that exists in one isolate only (a reference, a socket): such a message can't leave it. */
export function local<T>(): z.ZodType<T> {
  return z.custom<T>();
}

/** The schema of "nothing". */
export const nothing = z.void();

type Names<P extends Protocol, K extends "ask" | "tell"> = {
  [N in keyof P & string]: P[N]["kind"] extends K ? N : never;
}[keyof P & string];

export type AskName<P extends Protocol> = Names<P, "ask">;
export type TellName<P extends Protocol> = Names<P, "tell">;
export type Body<P extends Protocol, N extends keyof P> = z.output<P[N]["input"]>;
export type Value<P extends Protocol, N extends keyof P> = P[N] extends AskSpec<z.ZodType, infer O, string>
  ? z.output<O>
  : never;
export type Code<P extends Protocol, N extends keyof P> = P[N] extends AskSpec<z.ZodType, z.ZodType, infer C>
  ? C
  : never;
/** The result of an ask for message `N`. */
export type Outcome<P extends Protocol, N extends keyof P> = Result<
  Value<P, N>,
  Code<P, N> | ActorFailureCode
>;
/** The return type of the handler of message `N`. */
export type Reply<P extends Protocol, N extends keyof P> = P[N]["kind"] extends "ask"
  ? Value<P, N> | Failure<Code<P, N>>
  : void;
