import { assertEquals, assertStringIncludes } from "@std/assert";
import { RawClient, text } from "../support/raw_client.ts";
import { startShard } from "../support/shard.ts";

/** A frame of RFC 6455 §5.2 byte by byte: its first byte, and the bytes that say the length if they don't tell the truth. */
function frame(
  first: number,
  payload: Uint8Array = new Uint8Array(),
  { isMasked = true, length = [payload.length] }: { isMasked?: boolean; length?: readonly number[] } = {},
): Uint8Array<ArrayBuffer> {
  const [short = 0, ...long] = length;
  const mask = isMasked ? [1, 2, 3, 4] : [];
  const bytes = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return new Uint8Array([first, (isMasked ? 128 : 0) | short, ...long, ...mask, ...bytes]);
}

const closeWith = (code: number, reason: readonly number[] = []) =>
  frame(0x88, new Uint8Array([code >> 8, code & 255, ...reason]));
const ping = text('{"id":2,"type":"session.ping","data":{}}');

/** What a client may send, and goes on. */
const harmless: Readonly<Record<string, readonly Uint8Array<ArrayBuffer>[]>> = {
  "a ping amid a message": [
    frame(0x01, ping.subarray(0, 9)),
    frame(0x89, text("x")),
    frame(0x80, ping.subarray(9)),
  ],
  "a pong that nobody asked for": [frame(0x8a, text("x")), frame(0x81, ping)],
  "empty fragments": [frame(0x01), frame(0x00), frame(0x00, ping), frame(0x80)],
  "a length in more bytes than it needs": [frame(0x81, ping, { length: [126, 0, ping.length] })],
  "a frame byte by byte": [...frame(0x81, ping)].map((byte) => new Uint8Array([byte])),
};

/** What ends a connection, with the code that its client reads; null for a close without one. */
const ends: Readonly<Record<string, readonly [code: number | null, Uint8Array<ArrayBuffer>]>> = {
  "the first reserved bit, which compression has": [4400, frame(0xc1, ping)],
  "the second reserved bit": [4400, frame(0xa1, ping)],
  "the third reserved bit": [4400, frame(0x91, ping)],
  "a frame without a mask": [4400, frame(0x81, ping, { isMasked: false })],
  "an unknown kind of data": [4400, frame(0x83, ping)],
  "an unknown kind of control": [4400, frame(0x8b)],
  "a ping in fragments": [4400, frame(0x09, text("x"))],
  "a ping of 126 bytes": [4400, frame(0x89, new Uint8Array(126), { length: [126, 0, 126] })],
  "a continuation of nothing": [4400, frame(0x80, ping)],
  "text that is no UTF-8": [4400, frame(0x81, new Uint8Array([0xff, 0xfe]))],
  "a length of 2⁵³": [4413, frame(0x81, new Uint8Array(), { length: [127, 0, 32, 0, 0, 0, 0, 0, 0] })],
  "a length with the highest bit": [
    4413,
    frame(0x81, new Uint8Array(), { length: [127, 128, 0, 0, 0, 0, 0, 0, 0] }),
  ],
  "an empty text": [4400, frame(0x81)],
  "an empty binary frame": [4400, frame(0x82)],
  "a byte order mark": [4400, frame(0x81, text("\ufeff[]"))],
  "a close without a code": [null, frame(0x88)],
  "a close of one byte": [4400, frame(0x88, new Uint8Array([3]))],
  "a close whose reason is no UTF-8": [4400, closeWith(1000, [0xff, 0xfe])],
  "a close in fragments": [4400, frame(0x08, new Uint8Array([3, 232]))],
  ...Object.fromEntries(
    [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => [
      `a close with ${code}, which nobody may send`,
      [4400, closeWith(code)] as const,
    ]),
  ),
  ...Object.fromEntries(
    [1000, 1001, 1012, 3000, 4000, 4999].map((
      code,
    ) => [`a close with ${code}`, [code, closeWith(code)] as const]),
  ),
};

Deno.test("shard › what no client library sends ends that connection with its code; the shard goes on", async (t) => {
  await using shard = await startShard();
  const port = Number(new URL(shard.url).port);
  const joined = async (sub: string) => {
    const meeting_id = await shard.newMeeting();
    const token = await shard.issuer.meetingToken({ sub, meeting_id });
    const { client } = await RawClient.handshake(port, [
      `sec-websocket-protocol: darktower.v1,bearer.${token}`,
    ]);
    await client.write(frame(0x81, text('{"id":1,"type":"join","data":{}}')));
    assertStringIncludes(new TextDecoder().decode((await client.readFrame())?.payload), '"re":1,"ok":true');
    return client;
  };
  /** Reads on until a request is answered. */
  const answered = async (client: RawClient) => {
    while (true) {
      const got = await client.readFrame();
      if (got === null) throw new Error("the connection ended");
      if (new TextDecoder().decode(got.payload).includes('"re":2,"ok":true')) return;
    }
  };
  using ada = await joined("ada");
  let count = 0;
  for (const [what, frames] of Object.entries(harmless)) {
    await t.step(`${what}: it goes on`, async () => {
      using client = await joined(`eve-${count++}`);
      for (const bytes of frames) await client.write(bytes);
      await answered(client);
    });
  }
  for (const [what, [code, bytes]] of Object.entries(ends)) {
    await t.step(`${what}: ${code}`, async () => {
      using client = await joined(`eve-${count++}`);
      await client.write(bytes);
      assertEquals(await closeCodeOf(client), code);
    });
  }
  await ada.write(frame(0x81, ping));
  await answered(ada);
});

/** The code of the close; null if it has none, and an error if there is no close. */
async function closeCodeOf(client: RawClient): Promise<number | null> {
  while (true) {
    const got = await client.readFrame();
    if (got === null) throw new Error("the connection ended without a close");
    if (got.opcode !== 8) continue;
    return got.payload.length === 0 ? null : new DataView(got.payload.buffer).getUint16(0);
  }
}
