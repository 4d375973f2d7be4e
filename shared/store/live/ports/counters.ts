import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { timeMs, UNAVAILABLE } from "./live_id.ts";

/** The `Rate` of `shared/limits/gcra.ts`: `burst` cells at once, and one more every `periodMs / count`. */
const rate = z.object({
  count: z.number().positive(),
  periodMs: z.number().positive(),
  burst: z.int().min(1),
});

/**
 * Counts events per rule and key for all processes of a deployment, by the generic cell rate algorithm (ITU-T I.371).
 * A counter is kept until it is empty. All callers of one rule must name the same rate.
 */
const cell = z.object({ rule: z.string().min(1).max(64), key: z.string().min(1).max(256), rate });

export const Counters = protocol({
  /** Takes one cell, and answers 0; or takes none, and answers how many milliseconds to wait for one. */
  takeCell: ask(cell.extend({ at_ms: timeMs }), z.number().min(0), [UNAVAILABLE]),
  /**
   * Adds cells that were taken elsewhere, also beyond their rates. Answers for each, in the same order, in how many
   * milliseconds from `at_ms` on its counter is empty.
   */
  addCells: ask(
    z.object({
      cells: z.array(cell.extend({ cells: z.int().min(1) }).readonly()).max(1_000).readonly(),
      at_ms: timeMs,
    }),
    z.array(z.number()),
    [UNAVAILABLE],
  ),
});
