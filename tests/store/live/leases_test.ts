import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { firstGeneration, NO_INSTANCE } from "../../../shared/store/live/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, facts, opening, place } from "./samples.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › one of two concurrent placements wins`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    for (let round = 0; round < 20; round++) {
      const meeting_id = `m-${round}`;
      const outcomes = await Promise.all([
        one.leases.ask("assign", { ...place, meeting_id, shard: "s0", expected_generation: 0 }),
        two.leases.ask("assign", { ...place, meeting_id, shard: "s1", term: 2, expected_generation: 0 }),
      ]);
      assertEquals(outcomes.map(codeOf).toSorted(), ["changed", "ok"]);
      const won = outcomes.find((outcome) => outcome.ok);
      const lease = valueOf(await one.leases.ask("lease", { meeting_id }));
      assert(won?.ok);
      assertEquals(won.value, lease);
    }
  });

  Deno.test(`live store, ${kind.name} › a term's generations begin where no earlier term's are, and each opening raises them by one`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    const first = valueOf(await one.leases.ask("assign", { ...place, expected_generation: 0 }));
    assertEquals(first.generation, firstGeneration(1));
    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).leases.ask("acquire", opening)),
    );
    const generations = opened.map((outcome) => valueOf(outcome).generation).toSorted((a, b) => a - b);
    assertEquals(generations, Array.from({ length: 20 }, (_, n) => first.generation + 1 + n));
  });

  Deno.test(`live store, ${kind.name} › a meeting opens only on the shard and instance that it was placed on`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here");
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    for (const other of [{ controller_id: "mc-2" }, { instance_id: "run-2" }, { shard: "s1" }]) {
      assertEquals(codeOf(await store.leases.ask("acquire", { ...opening, ...other })), "not_here");
    }
    const opened = valueOf(await store.leases.ask("acquire", opening));
    assertEquals([opened.facts, opened.handlers], [facts, place.handlers]);
  });

  Deno.test(`live store, ${kind.name} › a shard's meetings are those that are placed on it and its instance`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const { controller_id, instance_id, shard } = place;
    const of = (other: object = {}) =>
      store.leases.ask("placedOn", { controller_id, instance_id, shard, ...other });
    assertEquals(valueOf(await of()), []);
    const all = Array.from({ length: 50 }, (_, n) => `m-${n}`);
    for (const meeting_id of all) {
      valueOf(await store.leases.ask("assign", { ...place, meeting_id, expected_generation: 0 }));
    }
    const elsewhere = { ...place, meeting_id: "m-elsewhere", shard: "s1" };
    valueOf(await store.leases.ask("assign", { ...elsewhere, expected_generation: 0 }));
    assertEquals(valueOf(await of()).toSorted(), all.toSorted());
    assertEquals(valueOf(await of({ shard: "s1" })), ["m-elsewhere"]);
    for (const other of [{ controller_id: "mc-2" }, { instance_id: "run-2" }]) {
      assertEquals(valueOf(await of(other)), []);
    }
  });

  Deno.test(`live store, ${kind.name} › a placement with an older generation is refused`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const placed = valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    valueOf(await store.leases.ask("acquire", opening));
    const late = { ...place, controller_id: "mc-2", term: 2, expected_generation: placed.generation };
    assertEquals(codeOf(await store.leases.ask("assign", late)), "changed");
    const moved = valueOf(
      await store.leases.ask("assign", { ...late, expected_generation: placed.generation + 1 }),
    );
    assertEquals([moved.controller_id, moved.generation], ["mc-2", firstGeneration(2)]);
    assertEquals(valueOf(await store.leases.ask("placed", { meeting_ids: ["m-1", "m-2"] })), [
      {
        meeting_id: "m-1",
        controller_id: "mc-2",
        instance_id: "run-1",
        shard: "s0",
        generation: firstGeneration(2),
      },
    ]);
  });

  Deno.test(`live store, ${kind.name} › a placement in a term that is not above the known one is refused`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const inTerm = (term: number, expected_generation: number) =>
      store.leases.ask("assign", { ...place, term, expected_generation });
    const placed = valueOf(await inTerm(7, 0));
    assertEquals(codeOf(await inTerm(7, placed.generation)), "changed");
    assertEquals(codeOf(await inTerm(6, placed.generation)), "changed");
    valueOf(await store.leases.ask("release", { meeting_id: "m-1", generation: placed.generation }));
    assertEquals(codeOf(await inTerm(7, 0)), "changed");
    assertEquals(codeOf(await inTerm(8, 0)), "ok");
  });

  Deno.test(`live store, ${kind.name} › a released meeting is forgotten, and older openings stay fenced out of a new one`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    const chat = [{ number: 1, message: "old" }];
    valueOf(
      await store.snapshots.ask("saveSnapshot", { meeting_id: "m-1", generation, snapshot: "old", chat }),
    );
    const early = { meeting_id: "m-1", generation: generation - 1 };
    assertEquals(codeOf(await store.leases.ask("release", early)), "fenced");
    valueOf(await store.leases.ask("release", { meeting_id: "m-1", generation }));
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-1" })), null);
    assertEquals(valueOf(await store.snapshots.ask("loadSnapshot", { meeting_id: "m-1" })), {
      snapshot: null,
      chat: [],
    });
    const anew = valueOf(await store.leases.ask("assign", { ...place, term: 2, expected_generation: 0 }));
    assert(anew.generation > generation, `${anew.generation} is not above ${generation}`);
  });

  Deno.test(`live store, ${kind.name} › the next opening of a placed meeting reads its new facts`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const changed = { ...facts, meeting: { ...facts.meeting, display_name: "Monthly" } };
    const update = { meeting_id: "m-1", facts: changed };
    assertEquals(codeOf(await store.leases.ask("updateFacts", update)), "unknown");
    const placed = valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    valueOf(await store.leases.ask("updateFacts", update));
    const opened = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(opened.facts, changed);
    assertEquals(opened.generation, placed.generation + 1);
  });

  Deno.test(`live store, ${kind.name} › a running meeting is given other handlers, unless it was opened anew`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const handlers = [...place.handlers, { id: "mh-9", link_url: "ws://mh-9/link" }];
    const given = (generation: number) =>
      store.leases.ask("updateHandlers", { meeting_id: "m-1", generation, handlers });
    assertEquals(codeOf(await given(1)), "fenced");
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(codeOf(await given(generation - 1)), "fenced");
    valueOf(await given(generation));
    const opened = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(opened.handlers, handlers);
    assertEquals(codeOf(await given(generation)), "fenced");
  });

  Deno.test(`live store, ${kind.name} › a lease that the store has lost is written back, once`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const older = valueOf(await store.leases.ask("acquire", opening));
    const lease = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(codeOf(await store.leases.ask("writeBack", lease)), "fenced");
    await home.empty();
    const { generation } = lease;
    const save = { meeting_id: "m-1", generation, snapshot: "known", chat: [] };
    assertEquals(codeOf(await store.snapshots.ask("saveSnapshot", save)), "fenced");
    // What the fenced controller knew comes first, and is replaced by what the running one knows.
    valueOf(await store.leases.ask("writeBack", older));
    valueOf(await store.leases.ask("writeBack", lease));
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-1" })), lease);
    valueOf(await store.snapshots.ask("saveSnapshot", save));
    assertEquals(codeOf(await store.leases.ask("writeBack", older)), "fenced");
  });

  Deno.test(`live store, ${kind.name} › a lease that was written back is opened by nobody before a new term`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const lease = valueOf(await store.leases.ask("acquire", opening));
    valueOf(await store.leases.ask("acquire", opening));
    await home.empty();
    valueOf(await store.leases.ask("writeBack", lease));
    // The generation above it was given already.
    assertEquals(codeOf(await store.leases.ask("acquire", opening)), "not_here");
    const { generation } = lease;
    const known = valueOf(await store.leases.ask("lease", { meeting_id: "m-1" }));
    assertEquals([known?.instance_id, known?.generation], [NO_INSTANCE, generation]);
    const save = { meeting_id: "m-1", generation, snapshot: "known", chat: [] };
    assertEquals(codeOf(await store.snapshots.ask("saveSnapshot", save)), "ok");
    const again = { ...place, term: 2, expected_generation: generation };
    valueOf(await store.leases.ask("assign", again));
    const next = valueOf(await store.leases.ask("acquire", opening));
    assertEquals(next.generation, firstGeneration(2) + 1);
  });

  Deno.test(`live store, ${kind.name} › a meeting that was released or has ended is not written back`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.leases.ask("assign", { ...place, expected_generation: 0 }));
    const fenced = valueOf(await store.leases.ask("acquire", opening));
    const { generation } = valueOf(await store.leases.ask("acquire", opening));
    valueOf(await store.leases.ask("release", { meeting_id: "m-1", generation }));
    assertEquals(codeOf(await store.leases.ask("writeBack", fenced)), "fenced");
    valueOf(await store.leases.ask("end", { meeting_id: "m-1", at_ms: 1_000 }));
    const later = { ...fenced, generation: generation + 1 };
    assertEquals(codeOf(await store.leases.ask("writeBack", later)), "fenced");
    assertEquals(valueOf(await store.leases.ask("lease", { meeting_id: "m-1" })), null);
  });
}
