import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ticket } from "../../../shared/protocol/mod.ts";
import { client } from "../support/client.ts";
import { type Controller, controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

const CLIENTS = 30;

Deno.test("unreachable › when a shard counts as dead", async (t) => {
  await using d = await deployment({ env: { ...wideLimits, DT_PROBE_TIMEOUT_MS: "200" } });
  const { send, user, createMeeting, join } = client(d);
  const ann = await user("ann");
  await using one = await controller(d, 0);
  await using two = await controller(d, 1);
  await registerHandler(d);
  for (const mc of [one, two]) await mc.register();

  const shardAt = (url: string): [mc: Controller, shard: number] => {
    for (const mc of [one, two]) {
      const shard = mc.registration.endpoints.shards.findIndex(({ signaling_url }) => signaling_url === url);
      if (shard !== -1) return [mc, shard];
    }
    throw new Error(`Nobody has ${url}`);
  };
  async function placed() {
    const { code } = await createMeeting(ann);
    const { token, signaling_url } = await join(code, ann);
    const report = () => send("POST", `/api/v1/meetings/${code}/unreachable`, { token, body: {} });
    return { code, report, signaling_url, place: shardAt(signaling_url) };
  }

  await t.step(
    "a shard that doesn't answer in time is not dead: its clients come again in a second",
    async () => {
      const { code, report, signaling_url, place: [mc, shard] } = await placed();
      const goOn = mc.stall(shard);
      const refused = await report();
      assertEquals([refused.status, refused.code, refused.headers.get("retry-after")], [
        503,
        "UNAVAILABLE",
        "1",
      ]);
      assertEquals((await join(code, ann)).signaling_url, signaling_url);
      goOn();
      assertEquals(ticket.parse((await report()).body).signaling_url, signaling_url);
    },
  );

  await t.step("its controller's word that it lives keeps the meeting there", async () => {
    const { report, signaling_url, place: [mc, shard] } = await placed();
    const goOn = mc.stall(shard);
    mc.tellLiveness(true);
    assertEquals(ticket.parse((await report()).body).signaling_url, signaling_url);
    goOn();
  });

  await t.step(
    "its controller's word that it is dead moves the meeting, for all of its clients, after one probe",
    async () => {
      const { code, report, signaling_url, place: [mc, shard] } = await placed();
      const goOn = mc.stall(shard);
      mc.tellLiveness(false);
      const before = mc.probes[shard] ?? 0;
      const answers = await Promise.all(Array.from({ length: CLIENTS }, report));
      const places = new Set(answers.map(({ body }) => ticket.parse(body).signaling_url));
      assertEquals([places.size, mc.probes[shard]], [1, before + 1]);
      assertNotEquals([...places], [signaling_url]);
      assertEquals((await join(code, ann)).signaling_url, [...places][0]);
      goOn();
    },
  );

  await t.step(
    "a controller that speaks as another instance has restarted: the shard of before is dead",
    async () => {
      const { report, signaling_url, place: [mc, shard] } = await placed();
      const goOn = mc.stall(shard);
      mc.tellLiveness(true, "another");
      assertNotEquals(ticket.parse((await report()).body).signaling_url, signaling_url);
      goOn();
      mc.tellLiveness(true);
    },
  );

  await t.step("a refused connection is death at once, whatever the controller says", async () => {
    const { report, signaling_url, place: [mc, shard] } = await placed();
    await mc.crash(shard);
    const moved = ticket.parse((await report()).body).signaling_url;
    assertNotEquals(moved, signaling_url);
    const [next] = shardAt(moved);
    assert(next !== mc);
  });
});

Deno.test("unreachable › nobody is sent to a shard that was not seen alive, however many are dead", async () => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  const ann = await user("ann");
  await using mc = await controller(d, 0);
  await registerHandler(d);
  const { endpoints, ...rest } = mc.registration;
  const [dead, alive] = endpoints.shards;
  assert(dead !== undefined && alive !== undefined);
  await mc.crash(0);
  const shards = Array.from({ length: 8 }, (_, index) => ({
    ...alive,
    shard: String(index),
    probe_url: `${dead.internal_url}/health`,
  }));
  const registered = await send("POST", "/api/v1/internal/meeting-controllers", {
    token: await d.serviceToken("meeting", "service.register-controller.gc"),
    body: { ...rest, endpoints: { ...endpoints, shards } },
  });
  assert(registered.status < 300);
  const { code } = await createMeeting(ann);
  const { token } = await join(code, ann);
  const refused = await send("POST", `/api/v1/meetings/${code}/unreachable`, { token, body: {} });
  assertEquals([refused.status, refused.code], [503, "UNAVAILABLE"]);
});
