import { assertEquals, assertMatch } from "@std/assert";
import { z } from "zod";
import { configureLogging } from "../../shared/log/mod.ts";
import { RawClient } from "../meeting/support/raw_client.ts";
import { createHandler, errorTable, jsonResponse, readForm, readJson, serve } from "../../shared/http/mod.ts";
import type { Handled, HandlerOptions, Route } from "../../shared/http/mod.ts";

const refuse = errorTable({ THING_LOCKED: [409, "The thing is locked"] });
const body = z.strictObject({
  name: z.string().max(8),
  inner: z.strictObject({ n: z.int() }).exactOptional(),
});

const routes: Route[] = [
  {
    method: "POST",
    path: "/things",
    handler: async (context) => jsonResponse(201, await readJson(context, body)),
  },
  { method: "GET", path: "/things/:id", handler: ({ params }) => jsonResponse(200, params) },
  { method: ["PATCH", "DELETE"], path: "/things/:id", handler: () => new Response(null, { status: 204 }) },
  {
    method: "POST",
    path: "/forms",
    handler: async (context) => jsonResponse(200, Object.fromEntries(await readForm(context))),
  },
  {
    method: "GET",
    path: "/locked",
    handler: () => {
      throw refuse("THING_LOCKED", { retryAfterSeconds: 7 });
    },
  },
  {
    method: "GET",
    path: "/broken",
    handler: () => {
      throw new Error("the database password is hunter2");
    },
  },
  { method: "GET", path: "/who", handler: ({ clientAddress }) => jsonResponse(200, { clientAddress }) },
  { method: "GET", path: "/proxied", handler: () => fetch("data:text/plain,far") },
];

function start(options: Partial<HandlerOptions> = {}) {
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    handler: createHandler({ routes, ...options }),
  });
  const url = `http://127.0.0.1:${server.port}`;
  const json = (text: string) =>
    fetch(`${url}/things`, { method: "POST", headers: { "content-type": "application/json" }, body: text });
  return { url, json, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

Deno.test("http › a body that fits its schema reaches the handler", async () => {
  await using app = start();
  const answer = await app.json('{"name":"a","inner":{"n":3}}');
  assertEquals(answer.status, 201);
  assertEquals(await answer.json(), { name: "a", inner: { n: 3 } });
});

Deno.test("http › the errors of a body are listed field by field", async () => {
  await using app = start();
  const answer = await app.json('{"name":"a","nam":"b","inner":{"n":"x","extra":1}}');
  assertEquals(answer.status, 400);
  const { error } = await answer.json();
  assertEquals(error.code, "INVALID_REQUEST");
  assertEquals(error.details.map((detail: { path: string }) => detail.path).sort(), [
    "inner.extra",
    "inner.n",
    "nam",
  ]);
});

const badBodies: [name: string, text: string][] = [
  ["malformed JSON", '{"name":'],
  ["no body", ""],
  ["a key that reaches the prototype", '{"name":"a","__proto__":{"admin":true}}'],
  ["the same key, escaped", '{"name":"a","\\u005f_proto__":{"admin":true}}'],
  ["a constructor key in depth", '{"name":"a","inner":{"n":1,"constructor":{"prototype":{}}}}'],
  ["JSON of great depth", "[".repeat(30_000) + "]".repeat(30_000)],
];
for (const [name, text] of badBodies) {
  Deno.test(`http › ${name} is 400 and pollutes nothing`, async () => {
    await using app = start();
    const answer = await app.json(text);
    assertEquals(answer.status, 400);
    assertEquals((await answer.json()).error.code, "INVALID_REQUEST");
    assertEquals(Reflect.get({}, "admin"), undefined);
  });
}

Deno.test("http › a body that is not UTF-8 is 400", async () => {
  await using app = start();
  const answer = await fetch(`${app.url}/things`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]),
  });
  assertEquals(answer.status, 400);
  await answer.body?.cancel();
});

Deno.test("http › a body over 64 KiB is 413, whether its length is announced or not", async () => {
  await using app = start();
  const large = JSON.stringify({ name: "x".repeat(70_000) });
  assertEquals((await app.json(large)).status, 413);
  const stream = new Blob([large]).stream();
  const options = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: stream,
    duplex: "half",
  } as const;
  const answer = await fetch(`${app.url}/things`, options);
  assertEquals(answer.status, 413);
  assertEquals((await answer.json()).error.code, "PAYLOAD_TOO_LARGE");
});

Deno.test("http › a body that comes too slowly is 408", async () => {
  await using app = start({ limits: { timeoutMs: 50 } });
  const connection = await Deno.connect({ port: Number(new URL(app.url).port), hostname: "127.0.0.1" });
  const head =
    "POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
  await connection.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(2000);
  const read = await connection.read(buffer);
  assertMatch(new TextDecoder().decode(buffer.subarray(0, read ?? 0)), /^HTTP\/1\.1 408 /);
  connection.close();
});

for (const [what, end] of [["pauses", ""], ["ends in trailers without end", "0\r\n"]] as const) {
  Deno.test(`http › a body of unknown length that ${what} is 408 after a short time, and its connection ends`, async () => {
    await using app = start({ limits: { timeoutMs: 600_000, pauseMs: 50 } });
    using client = await RawClient.connect(Number(new URL(app.url).port));
    const json = "content-type: application/json\r\ntransfer-encoding: chunked";
    await client.write(`POST /things HTTP/1.1\r\nhost: x\r\n${json}\r\n\r\n1\r\n{\r\n${end}`);
    const head = client.readHead();
    let isAnswered = false;
    head.then(() => isAnswered = true);
    while (end !== "" && !isAnswered && await client.write("x-trailer: and another one\r\n"));
    assertMatch(await head, /^HTTP\/1\.1 408 /);
    await client.ended();
  });
}

for (
  const [coding, status] of [
    ["chunked", 201],
    ["Chunked", 201],
    ["gzip, chunked", 501],
    ["gzip\r\ntransfer-encoding: chunked", 501],
  ] as const
) {
  Deno.test(`http › a body in the transfer coding ${JSON.stringify(coding)} is ${status}`, async () => {
    await using app = start();
    using client = await RawClient.connect(Number(new URL(app.url).port));
    const json = `content-type: application/json\r\ntransfer-encoding: ${coding}`;
    const body = 'a\r\n{"name":""\r\n1\r\n}\r\n0\r\n\r\n';
    await client.write(`POST /things HTTP/1.1\r\nhost: x\r\n${json}\r\n\r\n${body}`);
    const head = await client.readHead();
    assertMatch(head, new RegExp(`^HTTP/1.1 ${status} `));
    if (status === 501) await client.ended();
  });
}

for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", undefined]) {
  Deno.test(`http › JSON sent as ${type} is 415`, async () => {
    await using app = start();
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
    const answer = await fetch(`${app.url}/things`, {
      method: "POST",
      headers,
      body: new TextEncoder().encode("{}"),
    });
    assertEquals(answer.status, 415);
    assertEquals((await answer.json()).error.code, "UNSUPPORTED_MEDIA_TYPE");
  });
}

Deno.test("http › a form is read, and JSON in its place is 415", async () => {
  await using app = start();
  const good = await fetch(`${app.url}/forms`, { method: "POST", body: new URLSearchParams({ a: "1" }) });
  assertEquals(await good.json(), { a: "1" });
  const bad = await fetch(`${app.url}/forms`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  assertEquals(bad.status, 415);
  await bad.body?.cancel();
});

Deno.test("http › when the patterns of two routes match, the first declared one answers", async () => {
  const route = (path: string, name: string) => ({
    method: "GET" as const,
    path,
    handler: () => new Response(name),
  });
  const handler = createHandler({
    routes: [route("/rooms/:code", "room"), route("/:kind/:code", "thing"), route("/rooms/none", "never")],
  });
  const names = ["/rooms/1", "/chairs/1", "/rooms/none"].map(async (path) =>
    await (await handler(new Request(`http://localhost${path}`))).text()
  );
  assertEquals(await Promise.all(names), ["room", "thing", "room"]);
});

Deno.test("http › a route of any method takes every one, but what an earlier route takes", async () => {
  const named = (name: string) => () => new Response(name);
  const handler = createHandler({
    routes: [
      { method: "GET", path: "/all/first", handler: named("first") },
      { method: "any", path: "/all/*", handler: named("any") },
      { method: "GET", path: "/all/late", handler: named("late") },
    ],
  });
  const ask = async (method: string, path: string) =>
    await (await handler(new Request(`http://x/all/${path}`, { method }))).text();
  assertEquals(await ask("GET", "first"), "first");
  for (const method of ["POST", "OPTIONS", "PROPFIND"]) {
    assertEquals(await ask(method, "first"), "any", method);
  }
  assertEquals(await ask("GET", "late"), "any");
});

Deno.test("http › an unknown route is 404, a wrong method 405 that names the right ones", async () => {
  await using app = start();
  const unknown = await fetch(`${app.url}/nowhere`);
  assertEquals(unknown.status, 404);
  assertEquals((await unknown.json()).error.code, "NOT_FOUND");
  const wrong = await fetch(`${app.url}/things/7`, { method: "PUT" });
  assertEquals([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, PATCH, DELETE"]);
  await wrong.body?.cancel();
  const post = await fetch(`${app.url}/things`);
  assertEquals([post.status, post.headers.get("allow")], [405, "POST"]);
  await post.body?.cancel();
});

Deno.test("http › a path's parameters are decoded, and one that can't be is 404", async () => {
  await using app = start();
  assertEquals(await (await fetch(`${app.url}/things/a%20b%2Fc`)).json(), { id: "a b/c" });
  const bad = await fetch(`${app.url}/things/%ff`);
  assertEquals(bad.status, 404);
  await bad.body?.cancel();
});

Deno.test("http › every answer carries a request id, the caller's if it is well-formed", async () => {
  await using app = start();
  const ids: (string | null)[] = [];
  for (const given of ["req-12345678", "a b", "x".repeat(65)]) {
    for (const path of ["/things/1", "/nowhere", "/broken"]) {
      const answer = await fetch(`${app.url}${path}`, { headers: { "x-request-id": given } });
      ids.push(answer.headers.get("x-request-id"));
      await answer.body?.cancel();
    }
  }
  assertEquals(ids.slice(0, 3), ["req-12345678", "req-12345678", "req-12345678"]);
  for (const id of ids.slice(3)) assertMatch(id ?? "", /^[0-9a-f-]{36}$/);
  assertEquals(new Set(ids.slice(3)).size, 6);
});

Deno.test("http › a refusal has the contract's form and says when to come back", async () => {
  await using app = start();
  const answer = await fetch(`${app.url}/locked`);
  assertEquals([answer.status, answer.headers.get("retry-after")], [409, "7"]);
  assertEquals(await answer.json(), {
    error: { code: "THING_LOCKED", message: "The thing is locked", retry_after_seconds: 7 },
  });
});

Deno.test("http › an unexpected error tells the client nothing about itself", async () => {
  await using app = start();
  const answer = await fetch(`${app.url}/broken`);
  assertEquals(answer.status, 500);
  assertEquals((await answer.text()).includes("hunter2"), false);
});

Deno.test("http › an unexpected error is logged by its route: who knows a meeting's address may come in", async () => {
  const lines: string[] = [];
  configureLogging({ service: "test", level: "error", write: (line) => lines.push(line) });
  const handler = () => Promise.reject(new Error("a bug"));
  await using app = start({ routes: [{ method: "POST", path: "/meetings/:code/join", handler }] });
  const url = `${app.url}/meetings/Hc2Yq0wPz5kM/join`;
  const answer = await fetch(url, { method: "POST", headers: { "x-request-id": "req-12345678" } });
  assertEquals([answer.status, await answer.json().then(({ error }) => error.code)], [500, "INTERNAL"]);
  const { route, method, request_id } = JSON.parse(lines[0] ?? "{}");
  assertEquals([route, method, request_id], ["/meetings/:code/join", "POST", "req-12345678"]);
  assertEquals([lines.length, lines.join().includes("Hc2Yq0wPz5kM")], [1, false]);
});

Deno.test("http › the answer of another server is passed on", async () => {
  await using app = start();
  const answer = await fetch(`${app.url}/proxied`);
  assertEquals([answer.status, await answer.text()], [200, "far"]);
});

Deno.test("http › X-Forwarded-For counts only behind a trusted proxy, and only its own part", async () => {
  const ask = async (trustedProxies: string[], forwarded: string) => {
    await using app = start({ trustedProxies });
    const answer = await fetch(`${app.url}/who`, { headers: { "x-forwarded-for": forwarded } });
    return (await answer.json()).clientAddress;
  };
  assertEquals(await ask([], "203.0.113.9"), "127.0.0.1");
  assertEquals(await ask(["10.0.0.0/8"], "203.0.113.9"), "127.0.0.1");
  assertEquals(await ask(["127.0.0.1"], "203.0.113.9"), "203.0.113.9");
  assertEquals(await ask(["127.0.0.1"], "1.1.1.1, 203.0.113.9"), "203.0.113.9");
  assertEquals(await ask(["127.0.0.0/8", "10.0.0.0/8"], "1.1.1.1, 203.0.113.9, 10.1.2.3"), "203.0.113.9");
  assertEquals(await ask(["127.0.0.1"], "not an address"), "127.0.0.1");
});

Deno.test("http › layers wrap every answer, outermost first, and may refuse", async () => {
  const seen: string[] = [];
  await using app = start({
    layers: [
      async (_incoming, next) => {
        const answer = await next();
        seen.push(`outer ${answer.status}`);
        return answer;
      },
      (incoming, next) => {
        if (incoming.url.searchParams.has("stop")) throw refuse("THING_LOCKED");
        return next();
      },
    ],
  });
  for (const path of ["/things/1", "/nowhere", "/things/1?stop"]) {
    await (await fetch(app.url + path)).body?.cancel();
  }
  assertEquals(seen, ["outer 200", "outer 404", "outer 409"]);
});

Deno.test("http › the labels of metrics have few values, whatever is requested", async () => {
  const handled: Handled[] = [];
  await using app = start({ onHandled: (entry) => handled.push(entry) });
  for (const path of ["/things/1", "/things/2", "/nowhere/1", "/nowhere/2"]) {
    await (await fetch(app.url + path)).body?.cancel();
  }
  await (await fetch(`${app.url}/things/1`, { method: "PROPFIND" })).body?.cancel();
  assertEquals(handled.map(({ route, method, status }) => `${method} ${route} ${status}`), [
    "GET /things/:id 200",
    "GET /things/:id 200",
    "GET (none) 404",
    "GET (none) 404",
    "OTHER /things/:id 405",
  ]);
});
