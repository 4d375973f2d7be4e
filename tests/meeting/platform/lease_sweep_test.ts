import { assertEquals } from "@std/assert";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { fail } from "../../../shared/actor/mod.ts";
import { LeaseSweepActor } from "../../../meeting/platform/lease_sweep.ts";
import { firstGeneration, Leases, Registrations } from "../../../shared/store/live/mod.ts";
import { controller } from "../../store/live/samples.ts";

const HOUR_MS = 3_600_000;
const SWEEP_MS = HOUR_MS / 6;

function unusedLease(meeting_id: string, { instance_id = "gone", isOpened = true } = {}) {
  const generation = firstGeneration(1) + (isOpened ? 1 : 0);
  return { meeting_id, controller_id: controller.id, instance_id, generation };
}

/** A sweep over a store whose unused leases the test says, and whose controller was heard of at 0. */
async function sweeping(idleMs: number) {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const leases = createProbe(scope, Leases, "leases");
  const registrations = createProbe(scope, Registrations, "registrations");
  registrations.answer("controllers", () => [{ ...controller, heartbeat_ms: 0 }]);
  const place = { unused: [] as ReturnType<typeof unusedLease>[], isAway: false };
  leases.answer("unused", () => place.isAway ? fail("unavailable", "The store is away") : place.unused);
  leases.answer("forget", () => undefined);
  const live = { leases: leases.ref, registrations: registrations.ref };
  let nowMs = 0;
  scope.spawn(LeaseSweepActor, { live, idleMs, now: () => nowMs });
  await kit.settle();
  return Object.assign(place, {
    leases,
    async sweep() {
      nowMs += SWEEP_MS;
      await kit.advance(SWEEP_MS);
    },
    forgotten: () =>
      leases.received.filter(({ name }) => name === "forget")
        .map(({ body }) => Leases.forget.input.parse(body).meeting_ids),
    [Symbol.asyncDispose]: () => kit.finish(scope.close()),
  });
}

Deno.test("lease sweep › what was unused at two sweeps in a row is forgotten, and nothing else", async () => {
  await using place = await sweeping(HOUR_MS);
  place.unused = [unusedLease("m-1"), unusedLease("m-2")];
  await place.sweep();
  assertEquals(place.forgotten(), []);
  // Somebody holds the second one again.
  place.unused = [unusedLease("m-1"), unusedLease("m-3")];
  await place.sweep();
  assertEquals(place.forgotten(), [["m-1"]]);
  place.isAway = true;
  await place.sweep();
  place.isAway = false;
  await place.sweep();
  assertEquals(place.forgotten(), [["m-1"]]);
  await place.sweep();
  assertEquals(place.forgotten(), [["m-1"], ["m-1", "m-3"]]);
});

Deno.test("lease sweep › what a controller has opened stays while it is heard of, though it holds nothing", async () => {
  await using place = await sweeping(HOUR_MS);
  const { instance_id } = controller;
  place.unused = [
    unusedLease("opened", { instance_id }),
    unusedLease("never opened", { instance_id, isOpened: false }),
  ];
  for (let sweeps = 0; sweeps < 4; sweeps++) await place.sweep();
  assertEquals(new Set(place.forgotten().flat()), new Set(["never opened"]));
  for (let sweeps = 0; sweeps < 4; sweeps++) await place.sweep();
  assertEquals(new Set(place.forgotten().flat()), new Set(["never opened", "opened"]));
});

Deno.test("lease sweep › a deployment whose empty meetings go on for long keeps what could be opened again", async () => {
  const askedWith = async (idleMs: number) => {
    await using place = await sweeping(idleMs);
    await place.sweep();
    return Leases.unused.input.parse(place.leases.received[0]?.body);
  };
  assertEquals(await askedWith(HOUR_MS / 4), { unused_ms: 24 * HOUR_MS, unopened_ms: HOUR_MS });
  assertEquals(await askedWith(48 * HOUR_MS), { unused_ms: 96 * HOUR_MS, unopened_ms: 96 * HOUR_MS });
});
