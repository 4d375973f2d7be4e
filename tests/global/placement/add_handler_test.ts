import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { addController, addHandler, facts, registries, registryAndStore } from "../support/registries.ts";
import { codeOf } from "../../store/live/samples.ts";

Deno.test("add handler › a running meeting gets another one that is ready, which stands in its lease", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  const meeting_id = "m-1";
  const added = () => registry.ask("addHandler", { meeting_id });
  assertEquals(codeOf(await added()), "changed", "nobody runs it");
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await registry.ask("place", facts(meeting_id)));
  assertEquals(codeOf(await added()), "no_handler");
  await addHandler(registry, "mh-2");
  const { handlers } = valueOf(await added());
  assertEquals(handlers.map(({ id }) => id), ["mh-1", "mh-2"]);
  const lease = valueOf(await live.leases.ask("lease", { meeting_id }));
  assertEquals(lease?.handlers, handlers);
  assertEquals(codeOf(await added()), "no_handler");
});
