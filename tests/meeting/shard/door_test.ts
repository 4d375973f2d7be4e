import { assertEquals } from "@std/assert";
import { Client, rawSocket } from "../support/client.ts";
import { startShard } from "../support/shard.ts";

Deno.test("door › refused tokens close with 4401, whatever is wrong with them", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const good = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  const [header = "", payload = "", signature = ""] = good.split(".");
  const none = btoa('{"alg":"none","typ":"meeting+jwt"}').replaceAll("=", "");
  const tokens = {
    rubbish: "rubbish",
    "no signature": `${header}.${payload}.`,
    "another signature": `${header}.${payload}.${signature.split("").reverse().join("")}`,
    "alg none": `${none}.${payload}.`,
    expired: await shard.issuer.meetingToken({ sub: "ada", meeting_id }, -60),
  };
  for (const [what, token] of Object.entries(tokens)) {
    using client = new Client(shard.url, token);
    assertEquals((await client.ended).reason, "tokenRefused", what);
  }
});

Deno.test("door › a removed subject's token is refused with 4403", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "bob", meeting_id });
  await shard.live.revocations.ask("revoke", {
    meeting_id,
    sub: "bob",
    banned: false,
    at_ms: Date.now() + 1_000,
  });
  using client = new Client(shard.url, token);
  assertEquals((await client.ended).reason, "removed");
});

Deno.test("door › a meeting that is not placed here sends its clients back for a ticket", async () => {
  await using shard = await startShard();
  using client = new Client(
    shard.url,
    await shard.issuer.meetingToken({ sub: "ada", meeting_id: "elsewhere" }),
  );
  assertEquals((await client.ended).reason, "movedAway");
});

Deno.test("door › no join in time closes with 4408", async () => {
  await using shard = await startShard({ joinTimeoutMs: 30 });
  const meeting_id = await shard.newMeeting();
  const { closed } = await rawSocket(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  assertEquals(await closed, "noJoinInTime");
});

Deno.test("door › malformed, oversized and binary frames close the one connection", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  using ada = new Client(shard.url, await shard.issuer.meetingToken({ sub: "ada", meeting_id }));
  await ada.join();
  const frames: [string, string | Uint8Array<ArrayBuffer>, string][] = [
    ["not JSON", "{", "malformed"],
    ["no id", '{"type":"join","data":{}}', "malformed"],
    ["binary", new Uint8Array([1, 2, 3]), "malformed"],
    ["too large", `{"id":1,"type":"join","data":{"display_name":"${"x".repeat(70_000)}"}}`, "frameTooLarge"],
  ];
  for (const [what, frame, reason] of frames) {
    const { socket, closed } = await rawSocket(
      shard.url,
      await shard.issuer.meetingToken({ sub: "eve", meeting_id }),
    );
    socket.send(frame);
    assertEquals(await closed, reason, what);
  }
  assertEquals((await ada.request("chat.send", { text: "untouched" })).ok, true);
});

Deno.test("door › a page of another origin may not connect, and unjoined connections are limited", async () => {
  await using shard = await startShard({ doorLimits: { unjoinedPerAddress: 3 } });
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  const http = shard.url.replace("ws:", "http:");
  const handshake = (origin: string) =>
    status(http, [
      "connection: Upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
      `sec-websocket-protocol: darktower.v1, bearer.${token}`,
      `origin: ${origin}`,
    ]);
  assertEquals(await handshake("https://evil.example"), 403);
  assertEquals(await handshake("https://meet.example"), 101);
  const open = await Promise.all([1, 2, 3].map(() => rawSocket(shard.url, token)));
  assertEquals(await handshake("https://meet.example"), 429);
  for (const { socket } of open) socket.close();
});

Deno.test("door › a request that is no handshake fails alone: participants of a meeting stay in it", async () => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id });
  using ada = new Client(shard.url, token);
  await ada.join();
  const http = shard.url.replace("ws:", "http:");
  const handshake = [
    "connection: Upgrade",
    "upgrade: websocket",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
    `sec-websocket-protocol: darktower.v1, bearer.${token}`,
  ];
  const without = (name: string) => handshake.filter((line) => !line.startsWith(name));
  const cases: [string, string[]][] = [
    ["no subprotocol", without("sec-websocket-protocol")],
    ["another subprotocol", [...without("sec-websocket-protocol"), "sec-websocket-protocol: darktower.v2"]],
    ["no key", without("sec-websocket-key")],
    ["a connection that closes", [...without("connection"), "connection: close"]],
  ];
  for (const [what, headers] of cases) assertEquals(await status(http, headers), 400, what);
  assertEquals(await status(http, [], "["), 400, "an address that is none");
  assertEquals((await ada.request("chat.send", { text: "nothing happened" })).ok, true);
});

/** The status of a bare HTTP request, with headers that `fetch` would not send. */
async function status(url: string, headers: readonly string[], host?: string): Promise<number> {
  const { hostname, port, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [`GET ${pathname} HTTP/1.1`, `host: ${host ?? `${hostname}:${port}`}`, ...headers, "", ""];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  const bytes = new Uint8Array(1_024);
  const length = await connection.read(bytes) ?? 0;
  return Number(new TextDecoder().decode(bytes.subarray(0, length)).split(" ")[1]);
}
