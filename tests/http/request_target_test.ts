import { assertEquals } from "@std/assert";
import { createHandler, type Route, serve } from "../../shared/http/mod.ts";
import { rawRequest } from "../raw_request.ts";

const routes: Route[] = [
  { method: "GET", path: "/", handler: () => new Response("the start") },
  { method: "GET", path: "/secret", handler: () => new Response("the secret") },
  { method: "GET", path: "/things/:id", handler: ({ params }) => new Response(params.id) },
  { method: "GET", path: "/where/*", handler: ({ url }) => new Response(url.pathname) },
];

async function ask(target: string, host: string): Promise<[status: number, body: string]> {
  await using server = serve({ hostname: "127.0.0.1", port: 0, handler: createHandler({ routes }) });
  const request = `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  const { status, body } = await rawRequest(`http://127.0.0.1:${server.port}`, request);
  return [status, status === 400 ? JSON.parse(body).error.code : body];
}

for (
  const host of ["x/secret?", "x/things", "x?y", "x#y", "x\\y", "user@x", "user:word@x", "[::1", "x:y", "x y"]
) {
  for (const target of ["/", "/things/3"]) {
    Deno.test(`request target › ${target} with the host "${host}", which is none, is refused`, async () => {
      assertEquals(await ask(target, host), [400, "INVALID_REQUEST"]);
    });
  }
}

for (const host of ["x", "x.example:8080", "127.0.0.1", "[::1]:80", "a_b-c.example.", "x:", ""]) {
  Deno.test(`request target › a path with the host "${host}" is found`, async () => {
    assertEquals(await ask("/things/3", host), [200, "3"]);
  });
}

for (
  const [target, expected] of [
    ["http://x/secret", "the secret"],
    ["http://x", "the start"],
    ["http://x?from=/secret", "the start"],
    ["http://x/?from=/secret", "the start"],
    ["/secret?from=/", "the secret"],
    ["/%73ecret", "the secret"],
    ["/s%65cr%65%74?from=%2F", "the secret"],
    ["http://x/%73ecret", "the secret"],
    ["/%74hings/%33", "3"],
    ["/where/%61%2f%7E%2D%3a", "/where/a%2f~-%3a"],
  ] as const
) {
  Deno.test(`request target › ${target} is ${expected}`, async () => {
    assertEquals(await ask(target, "x"), [200, expected]);
  });
}

for (const target of ["/things%2F3", "/%2573ecret", "/%%37%33ecret", "/%7%33ecret", "/%ecret"]) {
  Deno.test(`request target › ${target} is another path than the one that it looks like`, async () => {
    const [status] = await ask(target, "x");
    assertEquals(status, 404);
  });
}
