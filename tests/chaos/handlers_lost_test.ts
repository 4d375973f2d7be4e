import { assert } from "@std/assert";
import { percentile } from "../bench/percentile.ts";
import { say } from "../../shared/dev/say.ts";
import { loseHandlers, type LostHandlers } from "./support/lose_handlers.ts";

function told({ ofTheLost, ofTheOthers }: LostHandlers): string {
  const p95 = (gaps: readonly number[]) => Math.round(percentile(gaps, 0.95));
  return `p95 ${p95(ofTheLost)} ms, longest ${ofTheLost.at(-1)} ms; among the others ${
    ofTheOthers.at(-1)
  } ms`;
}

Deno.test("chaos › one of a meeting's two handlers is killed, three times, and all receive all again", async () => {
  const gaps = await loseHandlers({ size: 4, times: 3, signal: "SIGKILL" });
  // Each of four is received by three others, sound and picture: of these gaps two are among the other two, both ways.
  assert(gaps.ofTheLost.length === 60 && gaps.ofTheOthers.length === 12, told(gaps));
  say(`killed handlers: back after ${told(gaps)}\n`);
});

Deno.test("chaos › one of a meeting's two handlers ends, twice, and those on it are moved before", async () => {
  const gaps = await loseHandlers({ size: 4, times: 2, signal: "SIGTERM" });
  say(`drained handlers: gaps of ${told(gaps)}\n`);
});
