import * as z from "zod";
import { count } from "../text.ts";

/** The form of every REST error: `{"error": {"code", "message", …}}`. */
export const errorBody = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
    message: z.string(),
    details: z.array(z.object({ path: z.string(), message: z.string() })).exactOptional(),
    retry_after_seconds: count.exactOptional(),
  }),
});
