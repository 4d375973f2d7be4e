import { assert, assertEquals } from "@std/assert";
import { besiege } from "./siege/besiege.ts";

/** A ping under siege waits for the machine's other work as well, which is the besiegers'. */
const MOST_TIMES_LONGER = 50;
const LONGEST_P99_MS = 1_000;

Deno.test("siege › hostile guests and strangers drop nobody, and leave nothing open behind", async () => {
  const report = await besiege({
    quietMs: 5_000,
    waves: 1,
    waveMs: 30_000,
    meetings: 4,
    // A picture of each further call would cost this test's cores more than the besiegers do.
    calls: 1,
    people: 3,
    // The services' own idle connections would be waited for, 75 s long.
    env: { DT_LIMIT_IDLE_MS: "5000" },
  });
  assertEquals(report.wrong, []);
  const { quiet, waves, made } = report;
  assert([...made.values()].every((times) => times > 0) && made.size > 20, JSON.stringify([...made]));
  for (const { pings } of waves) {
    const figures = JSON.stringify({ quiet, pings });
    assert(pings.p50Ms <= quiet.p50Ms * MOST_TIMES_LONGER && pings.p99Ms <= LONGEST_P99_MS, figures);
  }
});
