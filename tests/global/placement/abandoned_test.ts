import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import {
  addController,
  addHandler,
  beat,
  registries,
  type Registry,
  registryAndStore,
  tryToAddHandler,
  tryToBeat,
} from "../support/registries.ts";
import { codeOf } from "../../store/live/samples.ts";

/** So long after its last heartbeat an entry may be taken by another client. */
const ABANDONED_MS = 5 * 60_000;

const take = async (registry: Registry) =>
  codeOf(await tryToAddHandler(registry, "mh-1", "another", { instance_id: "second" }));

Deno.test("abandoned entry › another client takes a process's id once that one was silent for minutes", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addHandler(registry, "mh-1");
  await all.kit.advance(ABANDONED_MS);
  assertEquals(await take(registry), "owned_by_another");
  await all.kit.advance(1);
  assertEquals(await take(registry), "ok");
  const [entry, ...others] = valueOf(await live.registrations.ask("handlers", undefined));
  assertEquals([entry?.owner, entry?.instance_id, others.length], ["another", "second", 0]);
  assertEquals((await tryToBeat(registry, "handler", "mh-1")).ok, false, "it comes back too late");
  assertEquals(codeOf(await tryToAddHandler(registry, "mh-1", "media")), "owned_by_another");
});

Deno.test("abandoned entry › a controller's is no handler's, whatever its id", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  await addController(registry, "mh-1");
  await addHandler(registry, "mh-1");
  await all.kit.advance(ABANDONED_MS + 1);
  assertEquals(await take(registry), "ok");
  assertEquals(valueOf(await live.registrations.ask("controllers", undefined))[0]?.owner, "meeting");
});

Deno.test("abandoned entry › who is heard, or could not be, keeps theirs", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await all.kit.advance(ABANDONED_MS - 10_000);
  await beat(registry, "handler", "mh-1");
  await all.kit.advance(20_000);
  assertEquals(await take(registry), "owned_by_another", "it lives");
  all.sleep(2 * ABANDONED_MS);
  assertEquals(await take(registry), "owned_by_another", "the machine slept");
  await all.kit.advance(15_001);
  const started = await all.another();
  assertEquals(await take(started), "owned_by_another", "this GC has just started");
  assertEquals(await take(registry), "ok");
});
