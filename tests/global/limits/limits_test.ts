import { assert, assertEquals } from "@std/assert";
import { createLimiter } from "../../../shared/limits/gcra.ts";
import { addressKey, siteKey } from "../../../shared/limits/address_key.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("limits › a burst passes at once, then one an interval", () => {
  const limiter = createLimiter({ count: 10, periodMs: 1_000, burst: 3 }, 10);
  const at = (nowMs: number) => limiter.take("a", nowMs);
  assertEquals([at(0), at(0), at(0)], [0, 0, 0]);
  assertEquals(at(0), 100);
  assertEquals(at(99), 1);
  assertEquals([at(100), at(100)], [0, 100]);
  assertEquals([at(10_000), at(10_000), at(10_000), at(10_000)], [0, 0, 0, 100]);
});

Deno.test("limits › what is refused, or only asked for, doesn't count", () => {
  const limiter = createLimiter({ count: 1, periodMs: 1_000, burst: 1 }, 10);
  assertEquals([limiter.check("a", 0), limiter.check("a", 0), limiter.take("a", 0)], [0, 0, 0]);
  for (let n = 0; n < 5; n++) limiter.take("a", 1);
  assertEquals([limiter.check("a", 999), limiter.take("a", 1_000)], [1, 0]);
});

Deno.test("limits › of too many keys those used longest ago are forgotten", () => {
  const limiter = createLimiter({ count: 1, periodMs: 1_000, burst: 1 }, 2);
  for (const key of ["a", "b", "c", "d", "e"]) limiter.take(key, 0);
  assertEquals(["a", "b", "d", "e"].map((key) => limiter.check(key, 0)), [0, 0, 1_000, 1_000]);
});

Deno.test("limits › an IPv6 customer counts once, an IPv4 address for itself", () => {
  assertEquals(addressKey("203.0.113.7"), "203.0.113.7");
  assertEquals(addressKey("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assertEquals(addressKey("2001:DB8:1:2::1"), addressKey("2001:db8:1:2:ffff::"));
  assertEquals(addressKey("::1"), "0:0:0:0::/64");
  assertEquals(addressKey("fe80::1%eth0"), "fe80:0:0:0::/64");
  assertEquals(addressKey("local"), "local");
  assertEquals(siteKey("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
  assertEquals([siteKey("203.0.113.7"), siteKey("")], ["203.0.113.7", ""]);
});

Deno.test("limits › over HTTP", async (t) => {
  const env = {
    // As somebody may write it; AC's tokens and GC's settings have to mean the same.
    DT_ISSUER: "HTTP://LocalHost:9500/",
    DT_PUBLIC_URL: "HTTP://LocalHost:9500",
    DT_TRUSTED_PROXIES: "127.0.0.1",
    DT_LIMIT_ADDRESS_PER_SECOND: "1",
    DT_LIMIT_ADDRESS_BURST: "30",
    DT_LIMIT_USER_PER_SECOND: "1",
    DT_LIMIT_USER_BURST: "8",
  };
  await using d = await deployment({ env });
  const { send, user, createMeeting } = client(d);
  const from = (address: string) => ({ "x-forwarded-for": address });
  const ann = await user("ann");
  const made = await createMeeting(ann, { settings: { allow_guests: false } });
  const open = await createMeeting(ann, { settings: { allow_guests: true } });
  await using mc = await controller(d, 0);
  await mc.register();
  await registerHandler(d);

  await t.step("unknown meeting codes are limited by address; others there still use theirs", async () => {
    const guess = (code: string) =>
      send("POST", `/api/v1/meetings/${code}/guest-token`, {
        headers: from("198.51.100.1"),
        body: { display_name: "Gil" },
      });
    assertEquals((await guess(made.code)).code, "GUESTS_NOT_ALLOWED");
    for (let n = 0; n < 5; n++) assertEquals((await guess(`wrong-${n}`)).status, 404);
    const refused = await guess("wrong-again");
    assertEquals([refused.status, refused.code], [429, "RATE_LIMITED"]);
    assert(Number(refused.headers.get("retry-after")) >= 1);
    assertEquals((await guess(made.code)).code, "GUESTS_NOT_ALLOWED");
    assertEquals((await guess(open.code)).status, 200);
    const joined = await send("POST", `/api/v1/meetings/${made.code}/join`, {
      headers: from("198.51.100.1"),
      token: ann,
      body: {},
    });
    assertEquals(joined.status, 200);
    assertEquals((await guess("wrong-still")).status, 429);
  });

  await t.step("a user is limited wherever they come from, and nobody else with them", async () => {
    const bob = await user("bob");
    const statuses = [];
    for (let n = 0; n < 9; n++) {
      const answer = await send("GET", "/api/v1/me", { token: bob, headers: from(`198.51.100.${10 + n}`) });
      statuses.push(answer.status);
    }
    assertEquals(statuses, [200, 200, 200, 200, 200, 200, 200, 200, 429]);
    assertEquals((await send("GET", "/api/v1/me", { token: ann })).status, 200);
  });

  await t.step("an address is limited; others, and who looks after the service, are not", async () => {
    let limited = 0;
    for (let n = 0; n < 40; n++) {
      const { status } = await send("GET", "/favicon.svg", { headers: from("198.51.100.2") });
      if (status === 429) limited++;
    }
    assert(limited > 0);
    assertEquals((await send("GET", "/api/v1/me", { headers: from("198.51.100.2") })).status, 429);
    const token = await send("POST", "/api/v1/auth/service/token", { headers: from("198.51.100.2") });
    assertEquals([token.status, Object(token.body).error], [429, "temporarily_unavailable"]);
    assert(Number(token.headers.get("retry-after")) > 0);
    assertEquals((await send("GET", "/health", { headers: from("198.51.100.2") })).status, 200);
    assertEquals((await send("GET", "/api/v1/me", { headers: from("198.51.100.3") })).status, 401);
    const metrics = String((await send("GET", "/metrics")).body);
    for (const rule of ["address", "user", "unknown_code"]) {
      assert(metrics.includes(`gc_rate_limited_total{rule="${rule}"}`), rule);
    }
  });

  await t.step(
    "services at an address that strangers have used up go on; wrong tokens there don't",
    async () => {
      const headers = from("198.51.100.4");
      const path = "/api/v1/internal/meeting-controllers/mc-9";
      const good = await d.serviceToken("meeting", "service.register-controller.gc");
      const unregister = async (token: string) => (await send("DELETE", path, { token, headers })).status;
      assertEquals([await unregister(good), await unregister("rubbish")], [404, 401]);
      while ((await send("GET", "/favicon.svg", { headers })).status !== 429);
      assertEquals(
        [await unregister(good), await unregister("rubbish"), await unregister(good)],
        [404, 429, 404],
      );
      const ask = async (path: string) => (await send("GET", path, { headers })).status;
      assertEquals([await ask("/api/v1/internal/nothing"), await ask(path)], [429, 429]);
      assertEquals(await unregister(good), 404);
    },
  );
});
