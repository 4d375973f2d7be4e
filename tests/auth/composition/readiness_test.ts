import { assertEquals } from "@std/assert";
import { countReadinessWrites } from "../../store/count_readiness_writes.ts";
import { startAuth } from "../start_auth.ts";

Deno.test("readiness › AC writes once for all who ask within a second", async () => {
  let nowMs = Date.now();
  await using auth = await startAuth({}, { now: () => nowMs });
  using writes = countReadinessWrites(auth.database);
  const askAll = () =>
    Promise.all(Array.from({ length: 200 }, async () => {
      const answer = await fetch(`${auth.url}/ready`);
      await answer.body?.cancel();
      return answer.status;
    }));
  assertEquals(new Set(await askAll()), new Set([200]));
  assertEquals(writes.count(), 1);
  nowMs += 1_000;
  await askAll();
  assertEquals(writes.count(), 2);
});
