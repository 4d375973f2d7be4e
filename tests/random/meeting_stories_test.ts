import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { story } from "../meeting/state/model/acts.ts";
import { play } from "../meeting/state/model/play.ts";

const runs = Number(Deno.env.get("MEETING_RUNS") ?? 200);
const fixed = Deno.env.get("MEETING_SEED");

Deno.test(`meeting, ${runs} random stories › everybody knows the same, in one order, and nobody is heard who may not be`, async () => {
  const seed = fixed === undefined ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0 : Number(fixed);
  const property = fc.asyncProperty(story, async (one) => assertEquals(await play(one), []));
  const details = await fc.check(property, { numRuns: runs, seed });
  if (!details.failed) return;
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : "";
  throw new Error(
    `Replay it with MEETING_SEED=${details.seed}\n${fc.defaultReportMessage(details)}\n${why}`,
  );
});
