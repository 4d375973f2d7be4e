import { get } from "node:https";
import { connect } from "node:tls";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHandler, type Route, serve, type ServeOptions } from "../../shared/http/mod.ts";
import { readBody } from "../../shared/http/read_body.ts";
import { RawClient } from "../meeting/support/raw_client.ts";

/** Resolves when a test lets it. */
const gate = () => Promise.withResolvers<void>();

function start(
  limits: ServeOptions["connectionLimits"],
  { trustedProxies = [], tls, held = gate() }: {
    readonly trustedProxies?: readonly string[];
    readonly tls?: { readonly cert: string; readonly key: string };
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
    ...(tls && { tls }),
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

Deno.test("connections › a body that nobody reads is waited for as long as headers, not as long as a next request", async () => {
  await using server = start({ headersMs: 200, idleMs: 600_000 });
  using half = await RawClient.connect(server.port);
  const head = "POST /unread HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n";
  assertEquals(await status(half, `${head}abc`), 404);
  await half.ended();
  using whole = await RawClient.connect(server.port);
  assertEquals(await status(whole, `${head}0123456789`), 404);
  await whole.write(GET);
  assertMatch(await whole.readHead(), /HTTP\/1.1 200/);
});

Deno.test("connections › a request that takes long outlives every limit on waiting", async () => {
  const held = gate();
  await using server = start({ headersMs: 50, idleMs: 50 }, { held });
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

Deno.test("connections › with a certificate they have the same limits once the handshake is done", async () => {
  const file = (name: string) =>
    Deno.readTextFile(new URL(`../meeting/support/tls/${name}`, import.meta.url));
  const tls = { cert: await file("certificate.pem"), key: await file("key.pem") };
  await using server = start({ headersMs: 1_000 }, { tls });
  using plain = await RawClient.connect(server.port);
  await plain.write(GET);
  await plain.ended();
  const silent = connect({ host: "127.0.0.1", port: server.port, rejectUnauthorized: false });
  const ended = Promise.withResolvers<void>();
  silent.on("error", ended.reject).on("close", () => ended.resolve()).resume();
  assertEquals(await secureGet(server.port), 200);
  await ended.promise;
});

/** A request of a client that takes any certificate, on a connection of its own. */
function secureGet(port: number): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const options = { host: "127.0.0.1", port, agent: false, rejectUnauthorized: false };
  get(options, (answer) => {
    answer.resume().on("end", () => resolve(answer.statusCode));
  }).on("error", reject);
  return promise;
}

Deno.test("connections › out of descriptors it warns, lives on, and accepts again", async () => {
  const program = new URL("./programs/crowded_server.ts", import.meta.url).pathname;
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n 64; exec "$0" run --quiet --no-check -A "$1"`, Deno.execPath(), program],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) line += (await reader.read()).value ?? "";
  const port = Number(line);
  const health = async (): Promise<number> => {
    using client = await RawClient.connect(port);
    return await status(client, "GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  };
  assertEquals(await health(), 200);
  const crowd: RawClient[] = [];
  for (let i = 0; i < 100; i++) crowd.push(await RawClient.connect(port));
  for (const client of crowd) client[Symbol.dispose]();
  assertEquals(await health(), 200);
  child.kill("SIGKILL");
  await Promise.all([child.status, reader.cancel()]);
  const warning = (await errors).split("\n").find((text) => text.includes("can't be accepted")) ?? "";
  assertMatch(warning, /"level":"warning"/);
  assertStringIncludes(warning, "os error 24");
});
