import { assert, assertEquals } from "@std/assert";
import { countReadinessWrites } from "../../store/count_readiness_writes.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("readiness › GC writes once a second at the most, however many strangers ask", async () => {
  await using d = await deployment();
  const reason = async () => {
    const answer = await fetch(`${d.url}/ready`);
    return `${answer.status} ${(await answer.json()).error.message}`;
  };
  // At first it may not have AC's keys yet.
  const missing = "503 no meeting controller is ready";
  while (await reason() !== missing);
  using writes = countReadinessWrites(`${d.plan.dataDir}/global/global.db`);
  const startedAt = performance.now();
  const answers = await Promise.all(Array.from({ length: 300 }, reason));
  const seconds = Math.floor((performance.now() - startedAt) / 1_000);
  assertEquals(new Set(answers), new Set([missing]));
  assert(writes.count() <= 2 + seconds, `${writes.count()} writes in ${seconds} s`);
});
