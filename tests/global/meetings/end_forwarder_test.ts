import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { EndForwarderActor } from "../../../global/meetings/end_forwarder.ts";
import { type Epoch, Leases } from "../../../shared/store/live/mod.ts";

/** Longer than the forwarder rests. */
const ROUND_MS = 6_000;

function forwarder() {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const leases = createProbe(scope, Leases, "leases");
  const world = {
    kit,
    /** What the live store answers; nothing: it is away. */
    epoch: undefined as Epoch | undefined,
    isDatabaseAway: false,
    repeats: 0,
    /** How many ends wait. */
    waiting: 0,
    [Symbol.asyncDispose]: () => scope.close(),
  };
  leases.answer("epoch", () => world.epoch ?? fail("unavailable", "The store is away"));
  scope.spawn(EndForwarderActor, {
    leases: leases.ref,
    deliver() {
      const delivered = Math.min(2, world.waiting);
      world.waiting -= delivered;
      return Promise.resolve(delivered);
    },
    repeat() {
      if (world.isDatabaseAway) return Promise.reject(new Error("The database is away"));
      world.repeats++;
      return Promise.resolve();
    },
  });
  return world;
}

Deno.test("ends › where the live store has lost data they are delivered once more, and only then", async () => {
  await using all = forwarder();
  const repeatsAt = async (epoch: Epoch | undefined) => {
    all.epoch = epoch;
    await all.kit.advance(ROUND_MS);
    return all.repeats;
  };
  assertEquals(await repeatsAt({ epoch: "1" }), 0);
  assertEquals(await repeatsAt(undefined), 0);
  assertEquals(await repeatsAt({ epoch: "1" }), 0);
  all.isDatabaseAway = true;
  assertEquals(await repeatsAt({ epoch: "2", lost_before_ms: 1 }), 0);
  all.isDatabaseAway = false;
  assertEquals([await repeatsAt({ epoch: "2" }), await repeatsAt({ epoch: "2" })], [1, 1]);
});

Deno.test("ends › a global controller that starts just after the loss has them delivered once more", async () => {
  await using all = forwarder();
  all.epoch = { epoch: "2", lost_before_ms: 1 };
  await all.kit.advance(2 * ROUND_MS);
  assertEquals(all.repeats, 1);
});

Deno.test("ends › all that wait are delivered, however many", async () => {
  await using all = forwarder();
  all.waiting = 5;
  await all.kit.advance(ROUND_MS);
  assertEquals(all.waiting, 0);
});
