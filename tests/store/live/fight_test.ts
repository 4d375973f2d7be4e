import { assert, assertEquals } from "@std/assert";
import { databaseKinds } from "../databases.ts";
import { fightForLeases } from "./fight/fight.ts";

for (const kind of await databaseKinds()) {
  Deno.test({
    name:
      `live store in Redis, terms in ${kind.name} › of four processes no two hold one generation, though Redis loses its data`,
    ignore: kind.missing,
    async fn() {
      const { twice, never, losses, given } = await fightForLeases(60, 40, kind);
      assertEquals([twice, never], [[], 0]);
      // Each process opens each meeting, and is given a generation for the assignment too.
      assert(given >= 4 * 60 * 2, `${given} generations`);
      assert(losses >= 5, `${losses} losses`);
    },
  });
}
