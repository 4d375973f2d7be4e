import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHandler, refuseCommon, type Route, serveUpgrades } from "../../shared/http/mod.ts";
import { Upgrades } from "../../shared/http/upgrades.ts";
import type { ServeOptions } from "../../shared/http/serve.ts";
import { StartError } from "../../shared/service/start_error.ts";
import { handshakeText, opcodes, RawClient, text } from "../meeting/support/raw_client.ts";
import { rawRequest } from "../raw_request.ts";

const maxMessageBytes = 1_000;

/** A server with a route that answers, one that refuses WebSockets, and one that accepts them and echoes. */
function start(connectionLimits: ServeOptions["connectionLimits"] = {}, port = 0, drainMs = 200) {
  const upgrades = new Upgrades({ maxMessageBytes });
  const routes: Route[] = [
    { method: "GET", path: "/", handler: () => new Response("here") },
    {
      method: "GET",
      path: "/signaling",
      handler({ request }) {
        if (request.headers.get("sec-websocket-protocol") !== "echo") throw refuseCommon("UNAUTHORIZED");
        const socket = upgrades.accept(request, "echo");
        if (socket === undefined) throw refuseCommon("INVALID_REQUEST");
        socket.addEventListener("message", ({ data }) => socket.send(data));
        socket.addEventListener("error", () => {});
        return new Response();
      },
    },
  ];
  const handler = createHandler({ routes });
  return serveUpgrades({ hostname: "127.0.0.1", port, handler, connectionLimits, drainMs }, upgrades);
}

function test(name: string, body: () => Promise<void>): void {
  Deno.test(`upgrading server › ${name}`, body);
}

const GET = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const echo = ["sec-websocket-protocol: echo"];
const named = [...echo, "x-request-id: given-by-client"];

async function status(client: RawClient, request = GET): Promise<number> {
  await client.write(request);
  return Number((await client.readHead()).split(" ")[1]);
}

/** Whether a WebSocket brings back what it is sent. */
async function echoes(client: RawClient): Promise<boolean> {
  await client.send({ opcode: opcodes.text, payload: text("hello") });
  const frame = await client.readFrame();
  return frame !== null && new TextDecoder().decode(frame.payload) === "hello";
}

test("a connection that sends nothing, or half of its headers, is closed", async () => {
  await using server = await start({ headersMs: 100 });
  using silent = await RawClient.connect(server.port);
  using half = await RawClient.connect(server.port);
  await half.write("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
  await Promise.all([silent.ended(), half.ended()]);
});

test("an answer is its connection's last", async () => {
  await using server = await start();
  using client = await RawClient.connect(server.port);
  await client.write(GET);
  const head = (await client.readHead()).toLowerCase();
  assertStringIncludes(head, "http/1.1 200");
  assertStringIncludes(head, "connection: close");
  await client.ended();
});

for (
  const [what, request, expected] of [
    ["in absolute form", "GET http://x/ HTTP/1.1\r\nhost: x\r\n\r\n", 200],
    ["in absolute form of another host", "GET http://another:1/?a=b HTTP/1.1\r\nhost: x\r\n\r\n", 200],
    ["that is no path", "GET elsewhere HTTP/1.1\r\nhost: x\r\n\r\n", 400],
    ["without a host", "GET / HTTP/1.1\r\n\r\n", 400],
    ["of HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", 200],
    ["of HTTP/1.0 with two hosts", "GET / HTTP/1.0\r\nhost: x\r\nHost: y\r\n\r\n", 400],
    ["of HTTP/1.0 with an empty host", "GET / HTTP/1.0\r\nhost:\r\n\r\n", 400],
    ["whose host has a path", "GET /elsewhere HTTP/1.1\r\nhost: x/?\r\n\r\n", 400],
    ["whose host has a query", "GET /elsewhere HTTP/1.1\r\nhost: x?y\r\n\r\n", 400],
    ["with two hosts", "GET / HTTP/1.1\r\nhost: x\r\nHost: y\r\n\r\n", 400],
    ["with folded headers", "GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n", 400],
    ["with two lengths", "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", 400],
    ["that is no HTTP", "hello\r\n\r\n", 400],
  ] as const
) {
  test(`a request ${what} is answered with ${expected}, and ends its connection`, async () => {
    await using server = await start();
    using client = await RawClient.connect(server.port);
    assertEquals(await status(client, request), expected);
    await client.ended();
  });
}

for (
  const [what, request] of [
    ["without a host", "GET / HTTP/1.1\r\nx-request-id: given-by-client\r\n\r\n"],
    ["whose key is wrong", handshakeText(named).replace(/(sec-websocket-key: ).*/, "$1short")],
    ["of another version", handshakeText(named).replace("version: 13", "version: 12")],
  ] as const
) {
  test(`a request ${what} is refused in the contract's form, with its id`, async () => {
    await using server = await start();
    const { status, headers, body } = await rawRequest(`http://127.0.0.1:${server.port}`, request);
    assertEquals([status, JSON.parse(body).error.code], [400, "INVALID_REQUEST"]);
    assertEquals(headers.get("x-request-id"), "given-by-client");
  });
}

test("a WebSocket stays beyond the time for headers, and counts among its address's connections", async () => {
  await using server = await start({ headersMs: 100, connectionsPerAddress: 2 });
  const { client, status, head } = await RawClient.handshake(server.port, echo);
  using _socket = client;
  assertEquals(status, 101);
  assertStringIncludes(head.toLowerCase(), "sec-websocket-protocol: echo");
  using silent = await RawClient.connect(server.port);
  using refused = await RawClient.connect(server.port);
  await refused.ended();
  // The one that sends nothing has been there longer than a connection may.
  await silent.ended();
  assert(await echoes(client));
});

test("connections beyond the limits are refused, and a place that became free is given out", async () => {
  await using server = await start({ connections: 2 });
  {
    using _first = await RawClient.connect(server.port);
    using _second = await RawClient.connect(server.port);
    using third = await RawClient.connect(server.port);
    await third.ended();
  }
  for (;;) {
    using next = await RawClient.connect(server.port);
    if (await status(next) === 200) break;
  }
});

test("a message that is too large ends its WebSocket", async () => {
  await using server = await start();
  const { client } = await RawClient.handshake(server.port, echo);
  using _socket = client;
  await client.send({ opcode: opcodes.text, payload: new Uint8Array(0), announced: maxMessageBytes + 1 });
  assertEquals(await client.closeCode(), 1009);
});

test("a handshake that is refused gets the route's answer, and its connection ends", async () => {
  await using server = await start();
  const { client, status, head } = await RawClient.handshake(server.port, []);
  using _client = client;
  assertEquals(status, 401);
  assertStringIncludes(head.toLowerCase(), "x-request-id: ");
  await client.ended();
});

test("an address that is none, and a body, are answered, and their connections end", async () => {
  await using server = await start();
  for (
    const [request, expected] of [
      ["GET / HTTP/1.1\r\nhost: [\r\n\r\n", 400],
      ["POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc", 405],
    ] as const
  ) {
    using client = await RawClient.connect(server.port);
    assertEquals(await status(client, request), expected);
  }
});

test("a port that is taken is an error for the operator", async () => {
  await using server = await start();
  const failure = await start({}, server.port).then(() => undefined, (error: unknown) => error);
  assert(failure instanceof StartError);
  assertStringIncludes(failure.message, `port ${server.port} on 127.0.0.1 is taken by another program`);
});

test("at its end it closes what sends nothing at once, and WebSockets after the time for requests under way", async () => {
  const server = await start();
  const { client } = await RawClient.handshake(server.port, echo);
  using _socket = client;
  using idle = await RawClient.connect(server.port);
  // The server has accepted both once it answers a later one.
  using later = await RawClient.connect(server.port);
  assertEquals(await status(later), 200);
  const ended = server[Symbol.asyncDispose]();
  await idle.ended();
  assert(await echoes(client));
  await Promise.all([ended, client.ended()]);
});
