import { type Route, route } from "@std/http/unstable-route";
import { assertEquals } from "@std/assert";

const routes: Route[] = [
  { pattern: new URLPattern({ pathname: "/about" }), handler: (request) => new Response(request.url) },
  {
    pattern: new URLPattern({ pathname: "/users/:id" }),
    handler: (_request, params) => new Response(params?.pathname.groups.id ?? "nobody"),
  },
  {
    pattern: new URLPattern({ pathname: "/users/:id" }),
    method: "POST",
    handler: () => new Response("made"),
  },
  {
    pattern: new URLPattern({ pathname: "/both" }),
    method: ["GET", "HEAD"],
    handler: (request) => Promise.resolve(new Response(request.method)),
  },
  { pattern: new URLPattern({ pathname: "/both" }), method: "HEAD", handler: () => new Response("never") },
];
const handler = route(routes, (request) => new Response(new URL(request.url).pathname, { status: 404 }));
const ask = async (path: string, method = "GET") => {
  const response = await handler(new Request(`http://example.com${path}`, { method }));
  return [response.status, await response.text()];
};

Deno.test("route › the first route that matches path and method answers", async () => {
  assertEquals(await ask("/about"), [200, "http://example.com/about"]);
  assertEquals(await ask("/users/123"), [200, "123"]);
  assertEquals(await ask("/users/123", "POST"), [200, "made"]);
  assertEquals(await ask("/both"), [200, "GET"]);
  assertEquals(await ask("/both", "HEAD"), [200, "HEAD"]);
});

Deno.test("route › the default handler answers what no route matches", async () => {
  assertEquals(await ask("/nothing"), [404, "/nothing"]);
  assertEquals(await ask("/about", "DELETE"), [404, "/about"]);
});

Deno.test("route › hands the connection's information on", async () => {
  const infos: unknown[] = [];
  const any: Route = {
    pattern: new URLPattern({ pathname: "/" }),
    handler: (_request, _params, info) => {
      infos.push(info?.remoteAddr);
      return new Response();
    },
  };
  const remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  await route([any], () => new Response())(new Request("http://a/"), {
    remoteAddr,
    completed: Promise.resolve(),
  });
  assertEquals(infos, [remoteAddr]);
});
