import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { liveStoreKinds } from "./live_store_kinds.ts";
import { codeOf, controller, handler } from "./samples.ts";

for (const kind of liveStoreKinds) {
  Deno.test(`live store, ${kind.name} › a registration by one process is read by another one`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    valueOf(await one.registrations.ask("registerController", controller));
    valueOf(await one.registrations.ask("registerHandler", handler));
    assertEquals(valueOf(await two.registrations.ask("controllers", undefined)), [controller]);
    assertEquals(valueOf(await two.registrations.ask("handlers", undefined)), [handler]);
  });

  Deno.test(`live store, ${kind.name} › an id belongs to the client that registered it`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.registrations.ask("registerController", controller));
    const taken = await store.registrations.ask("registerController", { ...controller, owner: "intruder" });
    assertEquals(codeOf(taken), "owned_by_another");
    const beat = { kind: "controller", id: "mc-1", instance_id: "run-1", load: 1, at_ms: 2_000 } as const;
    assertEquals(
      codeOf(await store.registrations.ask("heartbeat", { ...beat, owner: "intruder" })),
      "unknown",
    );
    assertEquals(
      codeOf(
        await store.registrations.ask("unregister", { kind: "controller", id: "mc-1", owner: "intruder" }),
      ),
      "unknown",
    );
    assertEquals(valueOf(await store.registrations.ask("controllers", undefined)), [controller]);
    valueOf(
      await store.registrations.ask("unregister", { kind: "controller", id: "mc-1", owner: "meeting" }),
    );
    assertEquals(valueOf(await store.registrations.ask("controllers", undefined)), []);
  });

  Deno.test(`live store, ${kind.name} › a heartbeat of an older instance is refused as unknown, and so is its late removal`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.registrations.ask("registerController", controller));
    valueOf(await store.registrations.ask("registerController", { ...controller, instance_id: "run-2" }));
    const beat = { kind: "controller", id: "mc-1", owner: "meeting", load: 0.25, at_ms: 9_000 } as const;
    assertEquals(
      codeOf(await store.registrations.ask("heartbeat", { ...beat, instance_id: "run-1" })),
      "unknown",
    );
    assertEquals(valueOf(await store.registrations.ask("heartbeat", { ...beat, instance_id: "run-2" })), {
      state: "ready",
    });
    const bye = { kind: "controller", id: "mc-1", owner: "meeting", instance_id: "run-1" } as const;
    assertEquals(codeOf(await store.registrations.ask("unregister", bye)), "unknown");
    const [entry] = valueOf(await store.registrations.ask("controllers", undefined));
    assertEquals([entry?.instance_id, entry?.load, entry?.heartbeat_ms], ["run-2", 0.25, 9_000]);
  });

  Deno.test(`live store, ${kind.name} › an instance that another one has replaced never comes back`, async () => {
    await using home = await kind.create();
    const [one, two] = [await home.another(), await home.another()];
    const register = async (store: typeof one, instance_id: string) => [
      codeOf(await store.registrations.ask("registerController", { ...controller, instance_id })),
      codeOf(await store.registrations.ask("registerHandler", { ...handler, instance_id })),
    ];
    const both = (code: string) => [code, code];
    assertEquals(await register(one, "run-1"), both("ok"));
    assertEquals(await register(two, "run-2"), both("ok"));
    assertEquals(await register(one, "run-1"), both("replaced"));
    assertEquals(await register(two, "run-2"), both("ok"));
    const [entry] = valueOf(await one.registrations.ask("controllers", undefined));
    assertEquals(entry?.instance_id, "run-2");
    // Nor when the one that replaced it has left, nor under the next one.
    const bye = { kind: "controller", id: "mc-1", owner: "meeting" } as const;
    valueOf(await two.registrations.ask("unregister", bye));
    assertEquals(await register(one, "run-1"), both("replaced"));
    assertEquals(await register(two, "run-3"), both("ok"));
    assertEquals(await register(one, "run-1"), both("replaced"));
    // It is known by its id: the same instance of another process is another one.
    const other = { ...controller, id: "mc-2" };
    assertEquals(codeOf(await one.registrations.ask("registerController", other)), "ok");
  });

  Deno.test(`live store, ${kind.name} › an operator's drain holds against \`ready\`, until a new instance comes`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    valueOf(await store.registrations.ask("registerHandler", handler));
    valueOf(await store.registrations.ask("drain", { kind: "handler", id: "mh-1" }));
    const beat = {
      kind: "handler",
      id: "mh-1",
      instance_id: "run-1",
      owner: "media",
      load: 0,
      at_ms: 1,
    } as const;
    assertEquals(valueOf(await store.registrations.ask("heartbeat", { ...beat, state: "ready" })), {
      state: "draining",
    });
    valueOf(await store.registrations.ask("registerHandler", handler));
    assertEquals(valueOf(await store.registrations.ask("handlers", undefined))[0]?.state, "draining");
    valueOf(await store.registrations.ask("registerHandler", { ...handler, instance_id: "run-2" }));
    assertEquals(valueOf(await store.registrations.ask("handlers", undefined))[0]?.state, "ready");
    assertEquals(
      codeOf(await store.registrations.ask("drain", { kind: "handler", id: "nobody" })),
      "unknown",
    );
  });

  Deno.test(`live store, ${kind.name} › a process that was heard since is not removed as one that wasn't`, async () => {
    await using home = await kind.create();
    const store = await home.another();
    const dead = { kind: "handler", id: "mh-1", owner: "media", instance_id: "run-1" } as const;
    const remove = async (unheard_since_ms: number) =>
      codeOf(await store.registrations.ask("unregister", { ...dead, unheard_since_ms }));
    valueOf(await store.registrations.ask("registerHandler", handler));
    assertEquals(await remove(999), "unknown");
    valueOf(await store.registrations.ask("heartbeat", { ...dead, load: 0, at_ms: 2_000 }));
    assertEquals(await remove(1_999), "unknown");
    assertEquals(valueOf(await store.registrations.ask("handlers", undefined)).length, 1);
    assertEquals(await remove(2_000), "ok");
    assertEquals(valueOf(await store.registrations.ask("handlers", undefined)), []);
  });
}
