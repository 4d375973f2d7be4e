import { assertEquals, assertNotEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { handedOver } from "../../../shared/protocol/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";
import { addController, addHandler, registries } from "../support/registries.ts";

Deno.test("hand over › a controller that drains has its meetings opened by another one", async (t) => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  const ann = await user("ann");
  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  await using one = await controller(d, 0);
  await registerHandler(d);
  await one.register();
  const { code } = await createMeeting(ann);
  const { meeting_id, signaling_url } = await join(code, ann);
  const handOver = (bearer = token) =>
    send("POST", `/api/v1/internal/meetings/${meeting_id}/hand-over`, { token: bearer, body: {} });

  await t.step("without another one nothing changes, not even to its other shard", async () => {
    assertEquals((await handOver()).code, "CONTROLLER_UNAVAILABLE");
    assertEquals((await join(code, ann)).signaling_url, signaling_url);
  });

  await using two = await controller(d, 1);
  await two.register();

  await t.step("a user may not ask for it", async () => {
    assertEquals((await handOver(ann)).status, 401);
  });

  await t.step("the other one is told to open it, and tickets name it", async () => {
    const moved = handedOver.parse((await handOver()).body);
    assertNotEquals(moved.signaling_url, signaling_url);
    const urls = two.registration.endpoints.shards.map((shard) => shard.signaling_url);
    assertEquals(urls.includes(moved.signaling_url), true);
    assertEquals(two.asked, [`POST /api/v1/internal/meetings/${meeting_id}/open`]);
    assertEquals((await join(code, ann)).signaling_url, moved.signaling_url);
  });
});

Deno.test("hand over › a controller that stands still leaves another one the time to take the meeting", async () => {
  await using all = await registries();
  const still = Promise.withResolvers<{ readonly internalUrl: string; readonly timeoutMs: number }>();
  const late = Promise.withResolvers<"refused">();
  let offers = 0;
  const registry = await all.another({
    offer({ internalUrl }, timeoutMs) {
      // The first one is for the meeting's own controller.
      if (++offers !== 2) return Promise.resolve("accepted");
      still.resolve({ internalUrl, timeoutMs });
      return late.promise;
    },
  });
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { lease: before } = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  for (const id of ["mc-2", "mc-3"]) await addController(registry, id);
  // So long a meeting's controller waits.
  const handingOver = registry.ask("handOver", { meeting_id: "m-1" }, { timeoutMs: 3_000 });
  const { internalUrl, timeoutMs } = await still.promise;
  await all.kit.advance(timeoutMs);
  late.resolve("refused");
  const { lease } = valueOf(await handingOver);
  const named = [before.controller_id, new URL(internalUrl).hostname, lease.controller_id];
  assertEquals(named.toSorted(), ["mc-1", "mc-2", "mc-3"]);
});

Deno.test("hand over › the other controller is told of a handler that drains as well: the meeting's media is there", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  for (const id of ["mh-2", "mh-3"]) await addHandler(registry, id);
  await addController(registry, "mc-2");
  valueOf(await registry.ask("drain", { kind: "handler", id: "mh-1", owner: "media" }));
  const { lease } = valueOf(await registry.ask("handOver", { meeting_id: "m-1" }));
  const ids = lease.handlers.map(({ id }) => id);
  assertEquals([ids.at(-1), ids.length], ["mh-1", 3]);
});

Deno.test("hand over › a meeting goes to the other controller while its only handler drains, and a new one is placed nowhere", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const { lease: before } = valueOf(await registry.ask("place", { meeting_id: "m-1" }));
  await addController(registry, "mc-2");
  valueOf(await registry.ask("drain", { kind: "handler", id: "mh-1", owner: "media" }));
  const { lease } = valueOf(await registry.ask("handOver", { meeting_id: "m-1" }));
  assertEquals([lease.controller_id, lease.handlers], ["mc-2", before.handlers]);
  const { generation, controller_id, instance_id, shard } = lease;
  const not = [{ controller_id, instance_id, shard }];
  const moved = valueOf(await registry.ask("move", { meeting_id: "m-1", generation, not }));
  assertEquals([moved.lease.controller_id, moved.lease.handlers], ["mc-1", before.handlers]);
  const fresh = await registry.ask("place", { meeting_id: "m-2" });
  assertEquals(fresh.ok ? "placed" : fresh.error.code, "no_handler");
});
