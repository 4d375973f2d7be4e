import { assert } from "@std/assert";
import { percentile } from "../bench/percentile.ts";
import { say } from "../../shared/dev/say.ts";
import { lengthsOf, loseHandlers, type LostHandlers } from "./support/lose_handlers.ts";

function told({ ofTheLost, ofTheOthers }: LostHandlers): string {
  return (["microphone", "camera"] as const).map((source) => {
    const [lost, others] = [lengthsOf(ofTheLost, source), lengthsOf(ofTheOthers, source)];
    return `${source}: p95 ${percentile(lost, 0.95)} ms, longest ${Math.max(...lost)} ms, ` +
      `among the others ${Math.max(...others)} ms`;
  }).join("; ");
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
