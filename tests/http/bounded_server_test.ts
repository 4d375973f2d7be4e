import { connect } from "node:tls";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHandler, type Route, serve, type ServeOptions } from "../../shared/http/mod.ts";
import { readBody } from "../../shared/http/read_body.ts";
import { RawClient } from "../meeting/support/raw_client.ts";

/** Whether a TLS handshake comes to its end. */
function shakesHands(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  socket.on("secureConnect", () => resolve(true)).on("error", () => resolve(false)).on(
    "close",
    () => resolve(false),
  );
  return promise.finally(() => socket.destroy());
}

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
}

/** Resolves when a test lets it. */
const gate = () => Promise.withResolvers<void>();

function start(
  limits: ServeOptions["connectionLimits"],
  { trustedProxies = [], held = gate() }: {
    readonly trustedProxies?: readonly string[];
    readonly held?: PromiseWithResolvers<void>;
  } = {},
) {
  const routes: Route[] = [
    { method: "GET", path: "/", handler: () => new Response("here") },
    {
      method: "POST",
      path: "/body",
      handler: async (context) => new Response(new Uint8Array(await readBody(context))),
    },
    { method: "POST", path: "/unread", handler: () => new Response("not wanted", { status: 404 }) },
    {
      method: "GET",
      path: "/endless",
      handler: () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) })),
    },
    {
      method: "GET",
      path: "/held",
      async handler() {
        await held.promise;
        return new Response("let go");
      },
    },
  ];
  return serve({
    hostname: "127.0.0.1",
    port: 0,
    handler: createHandler({ routes, limits: { timeoutMs: 100 } }),
    ...(limits && { connectionLimits: limits }),
    trustedProxies,
  });
}

const GET = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/** The status of one request on this connection; NaN if it was closed instead. */
async function status(client: RawClient, request = GET): Promise<number> {
  await client.write(request);
  return Number((await client.readHead()).split(" ")[1]);
}

Deno.test("connections › one that sends nothing, or half of its headers, is closed", async () => {
  await using server = start({ headersMs: 100 });
  using silent = await RawClient.connect(server.port);
  using half = await RawClient.connect(server.port);
  await half.write("GET / HTTP/1.1\r\nhost: x\r\nx-slow: ");
  await Promise.all([silent.ended(), half.ended()]);
});

Deno.test("connections › one that goes on byte by byte is closed as well", async () => {
  await using server = start({ headersMs: 100 });
  using slow = await RawClient.connect(server.port);
  await slow.write("GET / HTTP/1.1\r\nx: ");
  let sent = 0;
  while (await slow.write("a")) sent++;
  assert(sent > 0);
});

Deno.test("connections › one without a further request is closed after the idle time", async () => {
  await using server = start({ idleMs: 100, headersMs: 60_000 });
  using client = await RawClient.connect(server.port);
  assertEquals([await status(client), await status(client)], [200, 200]);
  await client.ended();
});

Deno.test("connections › a body that is too slow is answered with 408, and the socket is closed", async () => {
  await using server = start({ idleMs: 600_000 });
  for (const body of ["content-length: 10\r\n\r\nabc", "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"]) {
    using client = await RawClient.connect(server.port);
    assertEquals(await status(client, `POST /body HTTP/1.1\r\nhost: x\r\n${body}`), 408);
    await client.ended();
  }
});

for (const [method, path, answer] of [["POST", "/unread", 404], ["GET", "/", 200]] as const) {
  Deno.test(`connections › the body of a ${method} that nobody reads is waited for as long as headers, not as long as a next request`, async () => {
    await using server = start({ headersMs: 200, idleMs: 600_000 });
    for (const body of ["content-length: 10\r\n\r\nabc", "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"]) {
      using half = await RawClient.connect(server.port);
      assertEquals(await status(half, `${method} ${path} HTTP/1.1\r\nhost: x\r\n${body}`), answer);
      await half.ended();
    }
    using whole = await RawClient.connect(server.port);
    const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n`;
    assertEquals(await status(whole, `${head}0123456789`), answer);
    // What it answered with is before the next answer.
    await whole.write(GET);
    assertMatch(await whole.readHead(), /HTTP\/1.1 200/);
  });
}

Deno.test("connections › a request that takes long outlives every limit on waiting", async () => {
  const held = gate();
  await using server = start({ headersMs: 500, idleMs: 500 }, { held });
  using waiting = await RawClient.connect(server.port);
  const answered = status(waiting, "GET /held HTTP/1.1\r\nhost: x\r\n\r\n");
  // Two others come and are closed meanwhile.
  for (let i = 0; i < 2; i++) {
    using other = await RawClient.connect(server.port);
    await other.ended();
  }
  held.resolve();
  assertEquals(await answered, 200);
});

Deno.test("connections › an address has a bound; waiting connections make room, busy ones don't", async () => {
  const held = gate();
  await using server = start({ connectionsPerAddress: 2 }, { held });
  using kept = await RawClient.connect(server.port);
  using busy = await RawClient.connect(server.port);
  assertEquals(await status(kept), 200);
  const answered = status(busy, "GET /held HTTP/1.1\r\nhost: x\r\n\r\n");
  using third = await RawClient.connect(server.port);
  await kept.ended();
  const also = status(third, "GET /held HTTP/1.1\r\nhost: x\r\n\r\n");
  using refused = await RawClient.connect(server.port);
  await refused.ended();
  held.resolve();
  assertEquals([await answered, await also], [200, 200]);
});

Deno.test("connections › the bound of an address doesn't hold for a trusted proxy; the one of all does", async () => {
  await using server = start({ connections: 3, connectionsPerAddress: 1 }, { trustedProxies: ["127.0.0.1"] });
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await RawClient.connect(server.port));
  using refused = await RawClient.connect(server.port);
  await refused.ended();
  for (const client of clients) {
    assertEquals(await status(client), 200);
    client[Symbol.dispose]();
  }
});

Deno.test("connections › a place is free again when its connection is closed", async () => {
  await using server = start({ connectionsPerAddress: 1 });
  for (let i = 0; i < 5; i++) {
    let answer = NaN;
    // The server may not have noticed yet that the last one is gone.
    while (Number.isNaN(answer)) {
      using client = await RawClient.connect(server.port);
      answer = await status(client);
    }
    assertEquals(answer, 200);
  }
});

Deno.test("connections › one that ends before its first request gives its place back as well", async () => {
  await using server = start({ connectionsPerAddress: 1, headersMs: 600_000 });
  (await RawClient.connect(server.port))[Symbol.dispose]();
  let answer = NaN;
  while (Number.isNaN(answer)) {
    using client = await RawClient.connect(server.port);
    answer = await status(client);
  }
  assertEquals(answer, 200);
});

for (const reads of [true, false]) {
  Deno.test(`connections › an answer may take so long, to a client that ${reads ? "reads" : "doesn't read"}`, async () => {
    await using server = start({ answerMs: 100, headersMs: 50, idleMs: 600_000 });
    using client = await RawClient.connect(server.port);
    await client.write("GET /endless HTTP/1.1\r\nhost: x\r\n\r\n");
    if (reads) return await client.ended();
    // Its place is free again without its having read anything.
    const { promise, resolve } = Promise.withResolvers<void>();
    const closed = setInterval(async () => {
      if (!await client.write("GET / HTTP/1.1\r\n")) resolve();
    }, 20);
    await promise;
    clearInterval(closed);
  });
}

Deno.test("connections › headers that are too large are refused, and the socket is closed", async () => {
  await using server = start({});
  using client = await RawClient.connect(server.port);
  await client.write(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${"a".repeat(1 << 20)}\r\n\r\n`);
  await client.ended();
  using next = await RawClient.connect(server.port);
  assertEquals(await status(next), 200);
});

Deno.test("connections › out of descriptors each kind of server lives on, and accepts again", async () => {
  const program = new URL("./programs/crowded_server.ts", import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n 64; exec "$0" run --quiet --no-check -A "$@"`, Deno.execPath(), program, folder],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) line += (await reader.read()).value ?? "";
  const ports = line.trim().split(" ").map(Number);
  const [plain = 0, upgrading = 0, secure = 0] = ports;
  const health = async (port: number): Promise<number> => {
    using client = await RawClient.connect(port);
    return await status(client, "GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  };
  assertEquals(await health(plain), 200);
  const crowd: RawClient[] = [];
  for (const port of ports) {
    // One that listens again refuses meanwhile: out of descriptors, it gets its listener with the first that is free.
    for (let i = 0; i < 100; i++) {
      const client = await RawClient.connect(port).catch(unlessRefused);
      if (client !== undefined) crowd.push(client);
    }
  }
  for (const client of crowd) client[Symbol.dispose]();
  assertEquals(await health(plain), 200);
  // The runtime's `node:net` doesn't say that it has stopped accepting, so each server finds out by itself.
  while (await health(upgrading).catch(() => 0) !== 200);
  while (!await shakesHands(secure));
  child.kill("SIGKILL");
  await Promise.all([child.status, reader.cancel()]);
  const warning = (await errors).split("\n").find((text) => text.includes("can't be accepted")) ?? "";
  assertMatch(warning, /"level":"warning"/);
  assertStringIncludes(warning, "os error 24");
  await Deno.remove(folder, { recursive: true });
});
