import { assert, assertEquals } from "@std/assert";
import { fightForLeases } from "./fight/fight.ts";

Deno.test("live store in Redis › of four processes no two hold one generation, though Redis loses its data", async () => {
  const { twice, never, losses, given } = await fightForLeases(60, 40);
  assertEquals([twice, never], [[], 0]);
  // Each process opens each meeting, and is given a generation for the assignment too.
  assert(given >= 4 * 60 * 2, `${given} generations`);
  assert(losses >= 5, `${losses} losses`);
});
