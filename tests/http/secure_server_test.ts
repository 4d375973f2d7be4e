import { get } from "node:https";
import { connect as connectBare } from "node:net";
import { connect } from "node:tls";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createHandler, type Route, serveSecure, type ServeSecureOptions } from "../../shared/http/mod.ts";
import { readBody } from "../../shared/http/read_body.ts";
import { StartError } from "../../shared/service/start_error.ts";
import { freePorts } from "../free_ports.ts";
import { RawClient } from "../meeting/support/raw_client.ts";
import { makeCertificate } from "../tls/certificates.ts";

/** The header of a TLS record (RFC 8446 §5.1) that announces 512 bytes, and the first of them. */
const HALF_A_HANDSHAKE = new Uint8Array([22, 3, 1, 2, 0, 1]);

async function start(
  connectionLimits: ServeSecureOptions["connectionLimits"] = {},
  port = 0,
  folderLength = 0,
) {
  const place = await Deno.makeTempDir();
  const { certFile, keyFile } = await makeCertificate(place);
  const tls = { cert: await Deno.readTextFile(certFile), key: await Deno.readTextFile(keyFile) };
  const folder = `${place}/f`.padEnd(folderLength, "x");
  await Deno.mkdir(folder);
  const from = (address: string) => new Response(address, { headers: { "content-type": "text/plain" } });
  const routes: Route[] = [
    { method: "GET", path: "/", handler: ({ clientAddress }) => from(clientAddress) },
    {
      method: "POST",
      path: "/body/:name",
      handler: async (context) => new Response(new Uint8Array(await readBody(context))),
    },
  ];
  const server = await serveSecure({
    hostname: "127.0.0.1",
    port,
    handler: createHandler({ routes }),
    tls,
    folder,
    connectionLimits,
    drainMs: 200,
  }).catch(async (error) => {
    assertEquals([...Deno.readDirSync(folder)], []);
    await Deno.remove(place, { recursive: true });
    throw error;
  });
  return {
    port: server.port,
    folder,
    ca: tls.cert,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      assertEquals([...Deno.readDirSync(folder)], []);
      await Deno.remove(place, { recursive: true });
    },
  };
}

/** A request of a client that takes any certificate, on a connection of its own. */
function secureGet(port: number): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const options = { host: "127.0.0.1", port, agent: false, rejectUnauthorized: false };
  get(options, (answer) => {
    answer.resume().on("end", () => resolve(answer.statusCode));
  }).on("error", reject);
  return promise;
}

Deno.test("secure server › a handshake that isn't begun, or isn't finished, is closed when its time is over", async () => {
  await using server = await start({ headersMs: 300 });
  using silent = await RawClient.connect(server.port);
  using half = await RawClient.connect(server.port);
  await half.write(HALF_A_HANDSHAKE);
  await Promise.all([silent.ended(), half.ended()]);
  assertEquals(await secureGet(server.port), 200);
});

Deno.test("secure server › unfinished handshakes count to their address's bound, and one that goes makes room", async () => {
  await using server = await start({ connectionsPerAddress: 2 });
  const first = await RawClient.connect(server.port);
  using second = await RawClient.connect(server.port);
  await second.write(HALF_A_HANDSHAKE);
  using third = await RawClient.connect(server.port);
  await third.ended();
  first[Symbol.dispose]();
  for (;;) if (await secureGet(server.port).catch(() => undefined) === 200) break;
});

Deno.test("secure server › what is no TLS is closed, and so is who sends nothing after the handshake", async () => {
  await using server = await start({ headersMs: 1_000 });
  using plain = await RawClient.connect(server.port);
  await plain.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  await plain.ended();
  const silent = connect({ host: "127.0.0.1", port: server.port, rejectUnauthorized: false });
  const ended = Promise.withResolvers<void>();
  silent.on("error", ended.reject).on("close", () => ended.resolve()).resume();
  assertEquals(await secureGet(server.port), 200);
  await ended.promise;
});

Deno.test("secure server › a client that comes back from the port of a connection that it has reset is served", async () => {
  await using server = await start();
  const options = { host: "127.0.0.1", port: server.port, localPort: freePorts(1) };
  const before = connectBare(options);
  await new Promise<void>((resolve) => before.once("connect", resolve));
  before.resetAndDestroy();
  const again = connect({ ...options, rejectUnauthorized: false });
  const answered = Promise.withResolvers<string>();
  again.on("error", answered.reject).on("data", (bytes) => answered.resolve(bytes.toString("latin1")));
  again.on("close", () => answered.reject(new Error("closed without an answer")));
  again.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  assertMatch(await answered.promise, /^HTTP\/1.1 200 /);
  again.destroy();
});

for (const http2 of [false, true]) {
  Deno.test(`secure server › by HTTP/${http2 ? 2 : "1.1"} the client's address is its own, and bodies arrive whole`, async () => {
    await using server = await start();
    using client = Deno.createHttpClient({ caCerts: [server.ca], http1: !http2, http2 });
    const origin = `https://localhost:${server.port}`;
    const asked = Array.from({ length: 20 }, () => fetch(`${origin}/?a=b`, { client }));
    for (const answer of await Promise.all(asked)) assertEquals(await answer.text(), "127.0.0.1");
    const body = "x".repeat(60_000);
    const posted = await fetch(`${origin}/body/a%20b`, { method: "POST", body, client });
    assertEquals(await posted.text(), body);
  });
}

Deno.test("secure server › who comes to its inner socket without a ticket gets nothing", async () => {
  await using server = await start();
  const [inner] = [...Deno.readDirSync(server.folder)];
  assert(inner !== undefined);
  using stranger = await Deno.connect({ transport: "unix", path: `${server.folder}/${inner.name}` });
  await stranger.write(new TextEncoder().encode(`${crypto.randomUUID()}GET / HTTP/1.1\r\nhost: x\r\n\r\n`));
  const got = await stranger.read(new Uint8Array(1)).catch(() => null);
  assertEquals(got, null);
  assertEquals(await secureGet(server.port), 200);
});

Deno.test("secure server › a folder whose path is too long for a socket is one clear reason, a shorter one is not", async () => {
  {
    await using server = await start({}, 0, 92);
    assertEquals(await secureGet(server.port), 200);
  }
  const error = await assertRejects(() => start({}, 0, 93), StartError);
  assertMatch(error.message, /^the folder is ".+"; with a certificate it may have 92 bytes at most/);
});

Deno.test("secure server › a taken port is one clear reason that names it, and leaves no socket behind", async () => {
  await using server = await start();
  const error = await assertRejects(() => start({}, server.port), StartError);
  assertMatch(error.message, new RegExp(`port ${server.port} on 127.0.0.1 is taken`));
});
