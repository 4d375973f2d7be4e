import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import type { Lease } from "../../../shared/store/live/mod.ts";
import {
  addController,
  addHandler,
  beat,
  registries,
  registryAndStore,
  tryToAddHandler,
} from "../support/registries.ts";
import { handlerRegistration } from "../support/controllers.ts";
import { codeOf } from "../../store/live/samples.ts";

Deno.test("add handler › a running meeting gets another one that is ready, which stands in its lease", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  const meeting_id = "m-1";
  const added = () => registry.ask("addHandler", { meeting_id });
  assertEquals(codeOf(await added()), "changed", "nobody runs it");
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await registry.ask("place", { meeting_id }));
  assertEquals(codeOf(await added()), "no_handler");
  await addHandler(registry, "mh-2");
  const { handlers } = valueOf(await added());
  assertEquals(handlers.map(({ id }) => id), ["mh-1", "mh-2"]);
  const lease = valueOf(await live.leases.ask("lease", { meeting_id }));
  assertEquals(lease?.handlers, handlers);
  assertEquals(codeOf(await added()), "no_handler");
});

Deno.test("add handler › a controller that lost its meeting meanwhile adds none to the lease of the one that has it", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  const meeting_id = "m-1";
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { lease: lost } = valueOf(await registry.ask("place", { meeting_id }));
  await addController(registry, "mc-2");
  const { lease } = valueOf(await registry.ask("handOver", { meeting_id }));
  await addHandler(registry, "mh-2");
  const added = ({ generation }: Lease) => registry.ask("addHandler", { meeting_id, generation });
  assertEquals(codeOf(await added(lost)), "changed");
  const kept = valueOf(await live.leases.ask("lease", { meeting_id }));
  assertEquals(kept?.handlers, lease.handlers);
  const { handlers } = valueOf(await added(lease));
  assertEquals(handlers.map(({ id }) => id), ["mh-1", "mh-2"]);
});

Deno.test("add handler › meetings that lose their handler at once are counted, so that the rest share them", async () => {
  await using all = await registries();
  const { registry } = await registryAndStore(all);
  await addHandler(registry, "mh-lost");
  await addController(registry, "mc-1");
  const meetings = [1, 2, 3, 4, 5, 6].map((n) => `m-${n}`);
  for (const meeting_id of meetings) valueOf(await registry.ask("place", { meeting_id }));
  await addHandler(registry, "mh-idle");
  await addHandler(registry, "mh-busy");
  // As much as two meetings are assumed to need.
  await beat(registry, "handler", "mh-busy", { transports: 16 });
  const chosen = await Promise.all(meetings.map(async (meeting_id) => {
    const { handlers } = valueOf(await registry.ask("addHandler", { meeting_id }));
    return handlers.at(-1)?.id;
  }));
  assertEquals(chosen.filter((id) => id === "mh-busy").length, 2, chosen.join(" "));
});

Deno.test("add handler › a meeting has eight at the most; who is silent or drains makes room, who is full does not", async () => {
  await using all = await registries();
  const { registry } = await registryAndStore(all);
  const ids = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `mh-${n}`);
  for (const id of ids) await addHandler(registry, id);
  await addController(registry, "mc-1");
  const { lease } = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  const named = lease.handlers.map(({ id }) => id);
  assertEquals(named.toSorted(), ids);
  for (const id of ids) await beat(registry, "handler", id, { transports: 1_000_000 });
  await addHandler(registry, "mh-9");
  const added = () => registry.ask("addHandler", { meeting_id: "m-1" });
  assertEquals(codeOf(await added()), "no_handler");
  valueOf(await registry.ask("drain", { kind: "handler", id: "mh-3", owner: "media" }));
  const { handlers } = valueOf(await added());
  assertEquals(handlers.map(({ id }) => id), [...named.filter((id) => id !== "mh-3"), "mh-9"]);
});

Deno.test("add handler › one that has started anew at another address is another one, and takes its own place", async () => {
  await using all = await registries();
  const { registry, live } = await registryAndStore(all);
  const meeting_id = "m-1";
  for (const id of ["mh-1", "mh-2"]) await addHandler(registry, id);
  await addController(registry, "mc-1");
  const { lease: { handlers: before } } = valueOf(await registry.ask("place", { meeting_id }));
  const added = () => registry.ask("addHandler", { meeting_id });
  assertEquals(codeOf(await added()), "no_handler");
  const endpoints = { ...handlerRegistration.endpoints, link_url: "ws://elsewhere/link" };
  valueOf(await tryToAddHandler(registry, "mh-1", "media", { instance_id: "next", endpoints }));
  const { handlers } = valueOf(await added());
  const others = before.filter(({ id }) => id !== "mh-1");
  const [moved] = before.filter(({ id }) => id === "mh-1").map((one) => ({
    ...one,
    link_url: "ws://elsewhere/link",
  }));
  assertEquals(handlers, [...others, moved]);
  assertEquals(valueOf(await live.leases.ask("lease", { meeting_id }))?.handlers, handlers);
  assertEquals(codeOf(await added()), "no_handler");
});
