import { assertEquals } from "@std/assert";
import { createProbe, createTestKit, replayable } from "../../shared/actor/testing/mod.ts";
import { Counter } from "./fixtures/counter.ts";

Deno.test("test kit › A17 a failing seed is named, and replays alone", async () => {
  const played: number[] = [];
  const broken = (kit: { readonly seed: number }) => {
    played.push(kit.seed);
    return kit.seed === 3 ? Promise.reject(new Error("out of order")) : Promise.resolve();
  };
  const messageOf = (error: Error) => error.message;
  const message = await replayable({ runs: 5 }, broken).then(() => "", messageOf);
  assertEquals(message, "Seed 3 (replay it with ACTOR_SEED=3): out of order");
  assertEquals(played, [1, 2, 3]);
  assertEquals(await replayable({ runs: 5, only: 3 }, broken).then(() => "", messageOf), message);
  assertEquals(played, [1, 2, 3, 3]);
});

Deno.test("test kit › A17 time stands still until it is moved, timer by timer", async () => {
  const kit = createTestKit(1);
  const fired: number[] = [];
  for (const ms of [30, 10, 20]) kit.clock.set(() => fired.push(kit.clock.now()), ms);
  await kit.settle();
  assertEquals([fired, kit.clock.now()], [[], 0]);
  await kit.advance(25);
  assertEquals([fired, kit.clock.now(), kit.clock.nextMs], [[10, 20], 25, 30]);
});

Deno.test("test kit › A17 a probe records its messages and gives the answers that the test sets", async () => {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const probe = createProbe(scope, Counter);
  probe.ref.tell("note", 7);
  assertEquals(await kit.finish(probe.next()), { name: "note", body: 7 });
  const unscripted = await kit.finish(probe.ref.ask("add", 1));
  assertEquals(unscripted.ok, false);
  probe.answer("add", (amount) => Number(amount) * 10);
  assertEquals(await kit.finish(probe.ref.ask("add", 2)), { ok: true, value: 20 });
  assertEquals(probe.received.map(({ name }) => name), ["note", "add", "add"]);
  await kit.finish(scope.close());
});
