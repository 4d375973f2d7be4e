import { assert, assertEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket as WsClient } from "ws";
import { Client } from "../support/client.ts";
import { startPort } from "../support/port.ts";
import { handshakeText, RawClient } from "../support/raw_client.ts";

Deno.test("signaling port › a handshake opens with every form of the list of subprotocols that RFC 9110 allows", async () => {
  const seen: (readonly string[])[] = [];
  await using port = await startPort({
    kind: "bounded",
    knock({ offered }) {
      seen.push(offered);
      return Promise.resolve({ kind: "closed", code: 4401, reason: "not today", release() {} });
    },
  });
  const name = "sec-websocket-protocol";
  const forms = [
    [`${name}: darktower.v1, bearer.t`],
    [`${name}: darktower.v1,bearer.t`],
    [`${name}: darktower.v1 ,\tbearer.t`],
    [`${name}: ,darktower.v1,,bearer.t,`],
    [`${name}: darktower.v1`, `${name}: bearer.t`],
    ["Sec-WebSocket-Protocol:darktower.v1", "SEC-WEBSOCKET-PROTOCOL: bearer.t"],
  ];
  for (const form of forms) {
    const { client, status, head } = await RawClient.handshake(port.port.port, form);
    using _client = client;
    assertEquals(status, 101, form.join());
    assert(head.toLowerCase().endsWith("sec-websocket-protocol: darktower.v1"), head);
    assertEquals(await client.closeCode(), 4401);
    assertEquals(seen.pop(), ["darktower.v1", "bearer.t"]);
  }
  const { client, status } = await RawClient.handshake(port.port.port, [`${name}: bearer.t,darktower.v1`]);
  using _client = client;
  assertEquals([status, seen.pop()], [101, ["bearer.t", "darktower.v1"]]);
});

Deno.test("signaling port › a handshake opens in every form that RFC 6455 and RFC 9112 allow", async () => {
  await using port = await startPort({ kind: "bounded" });
  const whole = handshakeText(["sec-websocket-protocol: darktower.v1"]);
  const forms: Readonly<Record<string, string>> = {
    "an absolute target": whole.replace("/signaling", "http://localhost/signaling"),
    "an absolute target by ws": whole.replace("/signaling", "ws://localhost/signaling?a=b"),
    "more of a connection than an upgrade": whole.replace(
      "connection: Upgrade",
      "connection: keep-alive, Upgrade",
    ),
    "a connection in capitals": whole.replace("connection: Upgrade", "CONNECTION: UPGRADE"),
    "an upgrade with capitals": whole.replace("upgrade: websocket", "Upgrade: WebSocket"),
    "several protocols to choose from": whole.replace("upgrade: websocket", "upgrade: h2c, WebSocket"),
    "a host with a trailing dot": whole.replace("host: localhost", "host: localhost."),
    "an offer to compress": whole.replace(
      "\r\n\r\n",
      "\r\nsec-websocket-extensions: permessage-deflate\r\n\r\n",
    ),
  };
  for (const [form, request] of Object.entries(forms)) {
    using client = await RawClient.connect(port.port.port);
    await client.write(request);
    const head = (await client.readHead()).toLowerCase();
    assert(head.startsWith("http/1.1 101 "), `${form}: ${head}`);
    assert(!head.includes("sec-websocket-extensions"), head);
    await port.entered();
  }
});

for (const protocols of [["darktower.v1", "bearer.t"], ["bearer.t", "darktower.v1"]]) {
  Deno.test(`signaling port › the package ws connects as it is, offering ${protocols}`, async () => {
    await using port = await startPort({ kind: "bounded" });
    const client = new WsClient(`ws://127.0.0.1:${port.port.port}/signaling`, protocols);
    const opened = new Promise((resolve) => client.once("open", resolve));
    const socket = await port.entered();
    await opened;
    assertEquals(client.protocol, "darktower.v1");
    const closed = new Promise((resolve) => client.once("close", resolve));
    socket.close(1000, "done");
    assertEquals(await closed, 1000);
  });
}

Deno.test("signaling port › a request that is no handshake is answered and ended; /health alone is 200", async () => {
  await using port = await startPort({ kind: "bounded" });
  const statuses = async (head: string) => {
    using client = await RawClient.connect(port.port.port);
    await client.write(head);
    const answer = await client.readHead();
    await client.ended();
    return Number(answer.split(" ")[1]);
  };
  const plain = (line: string) => statuses(`${line} HTTP/1.1\r\nhost: x\r\n\r\n`);
  assertEquals(await plain("GET /health"), 200);
  assertEquals(await plain("HEAD /health"), 200);
  assertEquals(await plain("GET http://another/health"), 200);
  assertEquals(await plain("POST /health"), 405);
  assertEquals(await plain("GET /signaling"), 426);
  assertEquals(await plain("POST /api/v1/internal/meetings/m/end"), 404);
  assertEquals(await statuses("this is no HTTP\r\n\r\n"), 400);
  assertEquals(await statuses("GET /health HTTP/1.1\r\nhost: x\r\nHost: y\r\n\r\n"), 400);
  assertEquals(await statuses("GET /health HTTP/1.0\r\n\r\n"), 200);
  assertEquals(await statuses("GET /health HTTP/1.0\r\nhost: x\r\nHost: y\r\n\r\n"), 400);
  assertEquals(await statuses("GET /health HTTP/1.1\r\nhost: x\r\nx-a: b\r\n c\r\n\r\n"), 400);
  assertEquals(await statuses(handshakeText([]).replace("/signaling", "/elsewhere")), 404);
  assertEquals(await statuses(handshakeText([]).replace("HTTP/1.1", "HTTP/1.0")), 426);
  assertEquals(await statuses(`GET /health HTTP/1.1\r\nhost: x\r\nlong: ${"x".repeat(20_000)}\r\n\r\n`), 400);
});

Deno.test("signaling port › half a handshake is cut off, a whole one goes on", async () => {
  let nowMs = 0;
  await using port = await startPort({ kind: "bounded", limits: { waitingMs: 100 }, now: () => nowMs });
  using silent = await RawClient.connect(port.port.port);
  using half = await RawClient.connect(port.port.port);
  await half.write("GET /signaling HTTP/1.1\r\nhost: x\r\nsec-web");
  const { client } = await RawClient.handshake(port.port.port, ["sec-websocket-protocol: darktower.v1"]);
  using _client = client;
  const socket = await port.entered();
  nowMs = 101;
  await port.port.check();
  await Promise.all([silent.ended(), half.ended()]);
  socket.send("still here");
  assertEquals(new TextDecoder().decode((await client.readFrame())?.payload), "still here");
});

Deno.test("signaling port › the sockets of one address that wait are limited, and one that leaves makes room", async () => {
  await using port = await startPort({ kind: "bounded", limits: { waitingPerAddress: 2 } });
  const first = await RawClient.connect(port.port.port);
  using _second = await RawClient.connect(port.port.port);
  using third = await RawClient.connect(port.port.port);
  await third.ended();
  first[Symbol.dispose]();
  const again = async (): Promise<number> => {
    const { client, status } = await RawClient.handshake(port.port.port, [
      "sec-websocket-protocol: darktower.v1",
    ]).catch(() => ({ client: null, status: NaN }));
    client?.[Symbol.dispose]();
    return status === 101 ? status : await again();
  };
  assertEquals(await again(), 101);
});

Deno.test("signaling port › behind a trusted proxy the client's address is the forwarded one, in one spelling", async () => {
  const seen: string[] = [];
  const start = (trustedProxies: string[]) =>
    startPort({
      kind: "bounded",
      trustedProxies,
      knock({ address }) {
        seen.push(address);
        return Promise.resolve({ kind: "refused", status: 403, code: "FORBIDDEN", message: "No." });
      },
    });
  await using trusting = await start(["127.0.0.1"]);
  await using strict = await start([]);
  const addressBy = async ({ port }: { port: { port: number } }, forwarded: string) => {
    const { client } = await RawClient.handshake(port.port, [`x-forwarded-for: ${forwarded}`]);
    client[Symbol.dispose]();
    return seen.pop();
  };
  for (
    const spelling of ["203.0.113.9", "203.0.113.9:5123", "::ffff:203.0.113.9", "[::FFFF:cb00:7109]:443"]
  ) {
    assertEquals(await addressBy(trusting, spelling), "203.0.113.9", spelling);
  }
  for (const spelling of ["2001:db8::1", "[2001:DB8::1]", "[2001:db8:0:0::1]:443", '"[2001:db8::1]:443"']) {
    assertEquals(await addressBy(trusting, spelling), "2001:db8::1", spelling);
  }
  assertEquals(await addressBy(trusting, "198.51.100.1, 203.0.113.9"), "203.0.113.9");
  assertEquals(await addressBy(trusting, "no address"), "127.0.0.1");
  assertEquals(await addressBy(strict, "203.0.113.9"), "127.0.0.1");
});

Deno.test("signaling port › out of descriptors a shard turns clients away and lives on, and its log stays small", async () => {
  const program = new URL("../programs/crowded_shard.ts", import.meta.url).pathname;
  const child = new Deno.Command("sh", {
    args: ["-c", `ulimit -n 100; exec "$0" run --quiet --no-check -A "$1"`, Deno.execPath(), program],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) line += (await reader.read()).value ?? "";
  const [url = "", token = ""] = line.trim().split(" ");
  const port = Number(new URL(url).port);
  for (let i = 0; i < 400; i++) {
    const { client } = await RawClient.handshake(port, [
      "sec-websocket-protocol: darktower.v1,bearer.rubbish",
      "x-forwarded-for: 203.0.113.9",
    ]);
    client[Symbol.dispose]();
  }
  const crowd: RawClient[] = [];
  for (let i = 0; i < 150; i++) crowd.push(await RawClient.connect(port));
  for (const client of crowd) client[Symbol.dispose]();
  let isIn = false;
  while (!isIn) {
    using ada = new Client(url, token);
    isIn = (await ada.request("join", {})).ok;
  }
  child.kill("SIGKILL");
  await Promise.all([child.status, reader.cancel()]);
  const lines = (await log).split("\n").filter((text) => text.includes("refus"));
  // A hundred refusals are told, and once a minute that more follow.
  assert(lines.length > 0 && lines.length <= 110, `${lines.length} lines`);
});

Deno.test("signaling port › with a certificate it speaks TLS, and cuts off clients that don't", async () => {
  const file = (name: string) => Deno.readTextFile(new URL(`../support/tls/${name}`, import.meta.url));
  const tls = { cert: await file("certificate.pem"), key: await file("key.pem") };
  await using port = await startPort({ kind: "bounded", tls, limits: { waitingMs: 3_000 } });
  using plain = await RawClient.connect(port.port.port);
  await plain.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n");
  await plain.ended();
  const client = new WsClient(`wss://127.0.0.1:${port.port.port}/signaling`, ["darktower.v1", "bearer.t"], {
    rejectUnauthorized: false,
  });
  const message = new Promise((resolve) => client.once("message", (data) => resolve(data.toString())));
  const socket = await port.entered();
  socket.send("over TLS");
  assertEquals([await message, socket.address], ["over TLS", "127.0.0.1"]);
  const closed = new Promise((resolve) => client.once("close", resolve));
  socket.close(1000, "done");
  assertEquals(await closed, 1000);
});

Deno.test("signaling port › with a certificate an unfinished handshake is cut off like any that waits", async () => {
  const file = (name: string) => Deno.readTextFile(new URL(`../support/tls/${name}`, import.meta.url));
  const tls = { cert: await file("certificate.pem"), key: await file("key.pem") };
  let nowMs = 0;
  await using port = await startPort({
    kind: "bounded",
    tls,
    limits: { waitingMs: 600_000 },
    now: () => nowMs,
  });
  using silent = await RawClient.connect(port.port.port);
  using half = await RawClient.connect(port.port.port);
  // The header of a TLS record (RFC 8446 §5.1) that announces 512 bytes, and the first of them.
  await half.write(new Uint8Array([22, 3, 1, 2, 0, 1]));
  const client = new WsClient(`wss://127.0.0.1:${port.port.port}/signaling`, ["darktower.v1"], {
    rejectUnauthorized: false,
  });
  const socket = await port.entered();
  nowMs = 600_001;
  await port.port.check();
  await Promise.all([silent.ended(), half.ended()]);
  const closed = new Promise((resolve) => client.once("close", resolve));
  socket.close(1000, "done");
  assertEquals(await closed, 1000);
});
