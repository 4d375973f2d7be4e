import type { z } from "zod";

/** Who may call an operation. */
export type Access =
  | "anyone"
  | "user"
  | "user_or_anyone"
  | "admin"
  | "operator"
  | "session"
  | "client"
  | "service"
  | "meeting";

/** One method on one path, as the OpenAPI page tells of it. */
export interface Operation {
  /** Its `operationId`: unique, and never changed. */
  readonly id: string;
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Whether the body may be left out. */
  readonly isBodyOptional?: true;
  /** How the body comes, where it isn't JSON. */
  readonly bodyType?: "application/x-www-form-urlencoded";
  readonly status: number;
  /** The answer's body; left out where there is none. */
  readonly answer?: z.ZodType;
  /** How the answer comes, where it isn't `application/json`. */
  readonly answerType?: "application/jwk-set+json";
  /** The form of refusals, where it isn't the contract's: RFC 6749 §5.2, whose codes `errors` has in full. */
  readonly errorForm?: "oauth";
  /** The codes of refusals by their status, beside those that every operation of its kind has. */
  readonly errors?: Readonly<Record<number, readonly string[]>>;
}
