import { assert, assertEquals } from "@std/assert";
import { serverFrames } from "../../../meeting/signaling/server_frames.ts";
import { Heard } from "../support/heard.ts";
import { startPort } from "../support/port.ts";
import { opcodes, RawClient, text } from "../support/raw_client.ts";

const offer = ["sec-websocket-protocol: darktower.v1, bearer.token"];
const wide = { messagesPerSecond: 1e6, messageBurst: 1e6, bytesPerSecond: 1e9, byteBurst: 1e9 };

async function open(options: Omit<Parameters<typeof startPort>[0], "kind"> = {}) {
  const port = await startPort({ kind: "bounded", ...options });
  const { client } = await RawClient.handshake(port.port.port, offer);
  return { port, client, socket: await port.entered() };
}

Deno.test("bounded socket › a message that never ends is closed once it is over 64 KiB", async () => {
  const { port, client, socket } = await open();
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  const payload = new Uint8Array(16_384).fill(0x78);
  await client.send({ opcode: opcodes.text, fin: false, payload });
  for (let i = 0; i < 4; i++) await client.send({ opcode: opcodes.continuation, fin: false, payload });
  assertEquals(await client.closeCode(), 4413);
  await heard.closed;
  assertEquals(heard.texts, []);
});

Deno.test("bounded socket › a frame of 63 MiB is refused by its header, before any of it has come", async () => {
  const { port, client, socket } = await open();
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  await client.send({ opcode: opcodes.text, payload: text("x"), announced: 63 * 1024 * 1024 });
  assertEquals(await client.closeCode(), 4413);
  await heard.closed;
});

Deno.test("bounded socket › a message in very many fragments is closed, however small it is", async () => {
  const { port, client, socket } = await open();
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  await client.send({ opcode: opcodes.text, fin: false, payload: text("x") });
  for (let i = 0; i < 300; i++) {
    await client.send({ opcode: opcodes.continuation, fin: false, payload: text("x") });
  }
  assertEquals(await client.closeCode(), 4400);
  await heard.closed;
});

Deno.test("bounded socket › a client that doesn't answer the close is cut off", async () => {
  const { port, client, socket } = await open();
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  socket.close(4410, "the meeting ended");
  assertEquals(await client.closeCode(), 4410);
  await client.ended();
  await heard.closed;
});

Deno.test("bounded socket › a client that doesn't read is closed with a code that makes it resume", async () => {
  const { port, client, socket } = await open();
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  // Far more than the kernel and the queue take.
  const frames = 400;
  for (let i = 0; i < frames; i++) socket.send("x".repeat(60_000));
  let got = 0;
  let last = await client.readFrame();
  while (last !== null && last.opcode === opcodes.text) {
    got++;
    last = await client.readFrame();
  }
  assertEquals(last?.opcode, opcodes.close);
  assertEquals(new DataView(last?.payload.buffer ?? new ArrayBuffer(2)).getUint16(0), 4503);
  assert(got < frames, String(got));
  client[Symbol.dispose]();
  await heard.closed;
});

Deno.test("bounded socket › frames that wait for the end of the turn count to the bounds, in frames and in bytes", async () => {
  for (const [content, frames] of [["", 2_049], ["x".repeat(60_000), 10]] as const) {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    for (let i = 0; i < frames; i++) socket.sendSoon(content);
    assertEquals(await client.closeCode(), 4503);
    client[Symbol.dispose]();
    await heard.closed;
  }
});

Deno.test("bounded socket › texts of every length have a frame that says it", () => {
  const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000];
  const frames = serverFrames([...lengths.map((length) => "x".repeat(length)), "two ✓"]);
  const read: [first: number | undefined, length: number, text: string][] = [];
  for (let at = 0; at < frames.length;) {
    const first = frames[at];
    const short = frames[at + 1] ?? 0;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length = short === 126
      ? frames.readUInt16BE(at + 2)
      : short === 127
      ? Number(frames.readBigUInt64BE(at + 2))
      : short;
    const payload = frames.subarray(at + header, at + header + length).toString();
    read.push([first, length, payload.startsWith("x") ? "x" : payload]);
    at += header + length;
  }
  // 0x81: a whole text frame. A mask's bit in the length would show as a wrong length.
  const expected = lengths.map((length): typeof read[number] => [0x81, length, length === 0 ? "" : "x"]);
  assertEquals(read, [...expected, [0x81, 7, "two ✓"]]);
});

Deno.test("bounded socket › reading stops at the bound of unhandled frames, and goes on when they are handled", async () => {
  const { port, client, socket } = await open({ socketLimits: wide });
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket, false);
  const payload = text("x".repeat(30_000));
  const all = 400;
  const writing = (async () => {
    for (let i = 0; i < all; i++) await client.send({ opcode: opcodes.text, payload });
  })();
  await heard.count(5);
  // At most 256 KiB and one read of the kernel come before a frame is handled.
  const seen = heard.texts.length;
  assert(seen < 20, String(seen));
  for (let handled = 0; handled < all; handled++) {
    await heard.count(handled + 1);
    assert(heard.texts.length - handled < 20);
    socket.handled(heard.texts[handled] ?? "");
  }
  await writing;
  assertEquals(heard.texts.length, all);
});

Deno.test("bounded socket › a flood of pings is closed with 4429", async () => {
  const { port, client, socket } = await open({ now: () => 0 });
  await using _port = port;
  using _client = client;
  const heard = new Heard(socket);
  let sent = 0;
  while (sent < 1_000 && await client.send({ opcode: opcodes.ping, payload: text("hi") })) sent++;
  assertEquals(await client.closeCode(), 4429);
  client[Symbol.dispose]();
  await heard.closed;
});
