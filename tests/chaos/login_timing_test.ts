import { assert, assertEquals } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { compareRefusals } from "../auth/drills/refusals.ts";

Deno.test("login › nobody can tell an unknown account, a wrong password and a disabled account apart", async () => {
  const { bodies, statuses, longer } = await compareRefusals(60);
  assertEquals([...statuses], [401]);
  assertEquals(bodies.size, 1);
  for (const { kinds, share, z } of longer) {
    say(`${kinds}: longer in ${(share * 100).toFixed(1)} % of pairs, z = ${z.toFixed(2)}\n`);
    // Chance leaves this range once in 15,000 times; a hash that isn't computed would be at 0 or 100 %.
    assert(Math.abs(z) < 4, kinds);
  }
});
