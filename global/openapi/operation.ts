import type { z } from "zod";

/** Who may call an operation. */
export type Access = "anyone" | "user" | "user_or_anyone" | "session" | "service" | "meeting";

/** One method on one path, as the OpenAPI page tells of it. */
export interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  /** With `{name}` for what varies. */
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly status: number;
  /** The answer's body; left out where there is none. */
  readonly answer?: z.ZodType;
}
