import { assertEquals, assertThrows } from "@std/assert";
import { StartError } from "../../shared/service/mod.ts";
import { createHandler, serve } from "../../shared/http/mod.ts";
import { rawRequest } from "../raw_request.ts";

Deno.test("serve › a taken port is one clear reason that names it", async () => {
  const handler = createHandler({ routes: [] });
  await using server = serve({ hostname: "127.0.0.1", port: 0, handler });
  const error = assertThrows(() => serve({ hostname: "127.0.0.1", port: server.port, handler }), StartError);
  assertEquals(error.message.includes(`port ${server.port} on 127.0.0.1 is taken`), true);
});

Deno.test("serve › stopping lets a request in flight finish and takes no new ones", async () => {
  const arrived = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const handler = createHandler({
    routes: [{
      method: "GET",
      path: "/slow",
      async handler() {
        arrived.resolve();
        await goOn.promise;
        return new Response("done");
      },
    }],
  });
  const server = serve({ hostname: "127.0.0.1", port: 0, handler });
  const url = `http://127.0.0.1:${server.port}/slow`;
  const inFlight = fetch(url).then((answer) => answer.text());
  await arrived.promise;
  const stopped = server[Symbol.asyncDispose]();
  const refused = await Deno.connect({ hostname: "127.0.0.1", port: server.port }).then((connection) => {
    connection.close();
    return false;
  }, () => true);
  goOn.resolve();
  assertEquals(await inFlight, "done");
  await stopped;
  assertEquals(refused, true);
});

Deno.test("serve › a request that never ends is answered with 503 at the drain time", async () => {
  const arrived = Promise.withResolvers<void>();
  const handler = createHandler({
    routes: [{
      method: "GET",
      path: "/never",
      handler() {
        arrived.resolve();
        return new Promise<Response>(() => {});
      },
    }],
  });
  const server = serve({ hostname: "127.0.0.1", port: 0, handler, drainMs: 20 });
  const headers = { "x-request-id": "given-by-client" };
  const outcome = fetch(`http://127.0.0.1:${server.port}/never`, { headers });
  await arrived.promise;
  await server[Symbol.asyncDispose]();
  const answer = await outcome;
  assertEquals([answer.status, (await answer.json()).error.code], [503, "UNAVAILABLE"]);
  assertEquals(answer.headers.get("x-request-id"), "given-by-client");
});

for (
  const [what, request] of [
    ["no HTTP", "hello\r\n\r\n"],
    ["a folded header", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n"],
    ["a length that is no number", "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: a\r\n\r\n"],
  ] as const
) {
  Deno.test(`serve › ${what} is answered by the runtime, as the contract says`, async () => {
    const handler = createHandler({ routes: [] });
    await using server = serve({ hostname: "127.0.0.1", port: 0, handler });
    const { status, headers, body } = await rawRequest(`http://127.0.0.1:${server.port}`, request);
    assertEquals([status, body, headers.get("x-request-id")], [400, "", null]);
    assertEquals(headers.get("connection"), "close");
  });
}
