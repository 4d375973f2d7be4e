import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { timeMs } from "./live_id.ts";

/** `burst` times at once, and again every `periodMs / count`: the `Rate` of `shared/limits/gcra.ts`. */
const rate = z.object({
  count: z.number().positive(),
  periodMs: z.number().positive(),
  burst: z.int().min(1),
});

/**
 * Counts events per rule and key for all processes of a deployment, by the generic cell rate algorithm (ITU-T I.371).
 * A counter is kept until it would be empty. Everybody who counts by one rule names the same rate.
 */
export const Counters = protocol({
  /** Takes one cell, and answers 0; or takes none, and answers how many milliseconds to wait for one. */
  takeCell: ask(
    z.object({
      rule: z.string().min(1).max(64),
      key: z.string().min(1).max(256),
      rate,
      at_ms: timeMs,
    }),
    z.number().min(0),
  ),
});
