import { assertEquals } from "@std/assert";
import { createRuntime, createScope, valueOf } from "../../shared/actor/mod.ts";
import { httpJwksSource, JwksManagerActor } from "../../shared/auth/mod.ts";
import type { JwksAnswer, JwksManagerInit } from "../../shared/auth/mod.ts";
import { manualClock } from "../manual_clock.ts";
import { createSigner } from "./signer.ts";

const ISSUER = "https://meet.example.org";

/** An issuer whose answers the test gives, one by one. */
function desk(options: Partial<JwksManagerInit> = {}) {
  const clock = manualClock();
  const scope = createScope({ runtime: createRuntime({ clock }) });
  const asked: PromiseWithResolvers<JwksAnswer>[] = [];
  let answered = 0;
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const source = (signal: AbortSignal) => {
    const answer = Promise.withResolvers<JwksAnswer>();
    signal.addEventListener("abort", () => answer.reject(new Error("aborted")));
    asked.push(answer);
    return answer.promise;
  };
  const keys = scope.spawn(JwksManagerActor, { issuers: new Map([[ISSUER, source]]), ...options });
  const find = async (kid: string, issuer = ISSUER) => {
    const outcome = await keys.ask("find", { issuer, kid }, { timeoutMs: Infinity });
    return outcome.ok ? "found" : outcome.error.code;
  };
  return {
    clock,
    keys,
    find,
    /** How many fetches were started. */
    fetches: () => asked.length,
    /** Answers the next fetch, when it comes, and waits until the actor has it. */
    async answer(value: unknown, maxAgeMs?: number) {
      while (asked.length === answered) await turn();
      const last = asked[answered++];
      if (value instanceof Error) last?.reject(value);
      else last?.resolve({ jwks: value, ...(maxAgeMs === undefined ? {} : { maxAgeMs }) });
      for (let n = 0; n < 20; n++) await turn();
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

Deno.test("jwks › many asks for a key at once make one fetch", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  const waiting = Promise.all(Array.from({ length: 50 }, () => place.find("a")));
  await place.answer({ keys: [jwk] });
  assertEquals([...new Set(await waiting)], ["found"]);
  assertEquals(place.fetches(), 1);
});

Deno.test("jwks › a fetch that hangs delays only the asks that need it", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] });
  place.clock.advance(10_000);
  const waiting = place.find("b");
  assertEquals(await place.find("a"), "found");
  await place.answer({ keys: [jwk] });
  assertEquals(await waiting, "unknown_key");
});

Deno.test("jwks › an unknown key id makes one more fetch, at most every ten seconds", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] });
  for (let n = 0; n < 20; n++) assertEquals(await place.find(`x${n}`), "unknown_key");
  assertEquals(place.fetches(), 1);
  place.clock.advance(10_000);
  const asked = place.find("b");
  const b = await createSigner("b");
  await place.answer({ keys: [jwk, b.jwk] });
  assertEquals(await asked, "found");
  assertEquals(await place.find("c"), "unknown_key");
  assertEquals(place.fetches(), 2);
});

Deno.test("jwks › a set is renewed before its time is over, and serves meanwhile", async () => {
  await using place = desk();
  const [a, b] = [await createSigner("a"), await createSigner("b")];
  await place.answer({ keys: [a.jwk] });
  place.clock.advance(240_000);
  assertEquals([await place.find("a"), place.fetches()], ["found", 1]);
  place.clock.advance(1_000);
  assertEquals([await place.find("a"), place.fetches()], ["found", 2]);
  await place.answer({ keys: [b.jwk] });
  assertEquals([await place.find("b"), await place.find("a")], ["found", "unknown_key"]);
});

Deno.test("jwks › a key that was revoked while no token came verifies not one more token", async () => {
  await using place = desk();
  const [a, b] = [await createSigner("a"), await createSigner("b")];
  await place.answer({ keys: [a.jwk, b.jwk] });
  place.clock.advance(3_600_000);
  const asked = Promise.all([place.find("a"), place.find("b")]);
  await place.answer({ keys: [b.jwk] });
  assertEquals(await asked, ["unknown_key", "found"]);
});

Deno.test("jwks › an issuer with a shorter max-age is asked more often, but not at every token", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] }, 20_000);
  place.clock.advance(16_000);
  assertEquals([await place.find("a"), place.fetches()], ["found", 1]);
  place.clock.advance(1_000);
  assertEquals([await place.find("a"), place.fetches()], ["found", 2]);
  await place.answer({ keys: [jwk] }, 0);
  place.clock.advance(800);
  assertEquals([await place.find("a"), place.fetches()], ["found", 2]);
});

Deno.test("jwks › when other key ids are published, the set is fetched at once, and only then", async () => {
  await using place = desk();
  const [a, b] = [await createSigner("a"), await createSigner("b")];
  await place.answer({ keys: [a.jwk, b.jwk] });
  place.keys.tell("published", { issuer: ISSUER, keyIds: ["b", "a"] });
  place.keys.tell("published", { issuer: "https://evil.example", keyIds: [] });
  assertEquals([await place.find("a"), place.fetches()], ["found", 1]);
  place.keys.tell("published", { issuer: ISSUER, keyIds: ["b"] });
  await place.answer({ keys: [b.jwk] });
  assertEquals([await place.find("a"), await place.find("b"), place.fetches()], ["unknown_key", "found", 2]);
});

Deno.test("jwks › an unchanged key that is fetched again stays the same object", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  const key = () => place.keys.ask("find", { issuer: ISSUER, kid: "a" }).then(valueOf);
  await place.answer({ keys: [jwk] });
  const before = await key();
  place.clock.advance(250_000);
  await key();
  await place.answer({ keys: [jwk] });
  assertEquals([await key() === before, place.fetches()], [true, 2]);
  place.clock.advance(250_000);
  await key();
  await place.answer({ keys: [(await createSigner("a")).jwk] });
  assertEquals(await key() === before, false);
});

Deno.test("jwks › the last good set serves for a day while the issuer is away, then nothing does", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] });
  for (let hour = 0; hour < 24; hour++) {
    place.clock.advance(3_600_000 - 1);
    const asked = place.find("a");
    await place.answer(new Error("away"));
    assertEquals(await asked, "found");
  }
  place.clock.advance(3_600_000);
  const asked = place.find("a");
  await place.answer(new Error("away"));
  assertEquals(await asked, "unavailable");
});

Deno.test("jwks › while an issuer is away only the first ask waits for it", async () => {
  await using place = desk();
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] });
  place.clock.advance(301_000);
  const first = place.find("a");
  await place.answer(new Error("away"));
  assertEquals(await first, "found");
  place.clock.advance(1_000);
  assertEquals([await place.find("a"), place.fetches()], ["found", 3]);
});

Deno.test("jwks › an issuer that never answered is unavailable, and asked again after a second", async () => {
  await using place = desk();
  const first = place.find("a");
  await place.answer(new Error("away"));
  assertEquals([await first, await place.find("a"), place.fetches()], ["unavailable", "unavailable", 1]);
  place.clock.advance(1_000);
  const again = place.find("a");
  const { jwk } = await createSigner("a");
  await place.answer({ keys: [jwk] });
  assertEquals([await again, place.fetches()], ["found", 2]);
});

Deno.test("jwks › a fetch that takes too long is given up", async () => {
  await using place = desk();
  const asked = place.find("a");
  while (place.fetches() === 0) await new Promise((resolve) => setTimeout(resolve));
  place.clock.advance(3_000);
  assertEquals(await asked, "unavailable");
});

Deno.test("jwks › a source that ignores its signal is given up too", async () => {
  const clock = manualClock();
  await using scope = createScope({ runtime: createRuntime({ clock }) });
  const { jwk } = await createSigner("a");
  let asked = 0;
  const source = () =>
    asked++ === 0 ? new Promise<never>(() => {}) : Promise.resolve({ jwks: { keys: [jwk] } });
  const keys = scope.spawn(JwksManagerActor, { issuers: new Map([[ISSUER, source]]) });
  const find = () => keys.ask("find", { issuer: ISSUER, kid: "a" }, { timeoutMs: Infinity });
  const first = find();
  while (asked === 0) await new Promise((resolve) => setTimeout(resolve));
  clock.advance(3_000);
  const outcome = await first;
  assertEquals(outcome.ok ? "found" : outcome.error.code, "unavailable");
  clock.advance(1_000);
  assertEquals([(await find()).ok, asked], [true, 2]);
});

Deno.test("jwks › entries that are no Ed25519 public keys are ignored", async () => {
  await using place = desk();
  const [a, b] = [await createSigner("a"), await createSigner("b")];
  await place.answer({
    keys: [
      { kty: "RSA", kid: "rsa", n: "AQAB", e: "AQAB" },
      { kty: "oct", kid: "oct", k: "AAAA" },
      { ...a.jwk, kid: "private", d: "A".repeat(43) },
      { ...a.jwk, kid: "encryption", use: "enc" },
      { ...a.jwk, kid: "short", x: "AAAA" },
      null,
      a.jwk,
      { ...b.jwk, kid: "a" },
    ],
  });
  for (const kid of ["rsa", "oct", "private", "encryption", "short"]) {
    assertEquals(await place.find(kid), "unknown_key");
  }
  const first = await place.keys.ask("find", { issuer: ISSUER, kid: "a" });
  const raw = first.ok ? first.value.export({ format: "jwk" }) : {};
  assertEquals(raw.x, a.jwk["x"]);
});

for (
  const [name, answer] of [["no set", { key: [] }], ["a text", "keys"], ["a huge set", {
    keys: Array(65).fill({}),
  }]]
) {
  Deno.test(`jwks › ${name} is a failed fetch, and the last good set stays`, async () => {
    await using place = desk();
    const { jwk } = await createSigner("a");
    await place.answer({ keys: [jwk] });
    place.clock.advance(301_000);
    const asked = place.find("a");
    await place.answer(answer);
    assertEquals([await asked, await place.find("a"), place.fetches()], ["found", "found", 2]);
  });
}

Deno.test("jwks › an issuer that isn't trusted is not asked", async () => {
  await using place = desk();
  const before = place.fetches();
  assertEquals(await place.find("a", "https://evil.example"), "unknown_key");
  assertEquals(place.fetches(), before);
});

Deno.test("jwks › over HTTP: redirects, refusals and endless answers are failures", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    const headers = { "cache-control": "public, max-age=60" };
    if (pathname === "/good") return Response.json({ keys: [] }, { headers });
    if (pathname === "/silent") return Response.json({ keys: [] });
    if (pathname === "/redirect") return Response.redirect(new URL("/good", request.url));
    if (pathname === "/large") return new Response(`{"keys":["${"x".repeat(70_000)}"]}`);
    return new Response("no", { status: 500 });
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  const outcome = (path: string) =>
    httpJwksSource(`${base}${path}`)(AbortSignal.timeout(5000))
      .then(({ maxAgeMs }) => maxAgeMs, () => "failed");
  const outcomes = await Promise.all(["/good", "/silent", "/redirect", "/large", "/broken"].map(outcome));
  assertEquals(outcomes, [60_000, undefined, "failed", "failed", "failed"]);
  await server.shutdown();
});
