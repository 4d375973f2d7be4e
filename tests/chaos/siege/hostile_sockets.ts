import { opcodes, RawClient, text } from "../../meeting/support/raw_client.ts";

const block = new Uint8Array(64 * 1024).fill(0x78);
const brackets = text(`{"id":2,"type":"join","data":${"[".repeat(30_000)}${"]".repeat(30_000)}}`);
/** More than any bound lets through. */
const MOST_FRAMES = 1_000;

/** One way to misuse a signaling port. It resolves when the server has closed the connection. */
export type HostileSocket = (port: number, token: string) => Promise<void>;

async function withSocket(
  port: number,
  token: string,
  misuse: (client: RawClient) => Promise<unknown>,
): Promise<void> {
  const { client } = await RawClient.handshake(port, [
    `sec-websocket-protocol: darktower.v1,bearer.${token}`,
  ]);
  using _client = client;
  // What the server sends is read meanwhile, as its close is not answered.
  const ended = client.ended();
  await misuse(client);
  await ended;
}

async function goOn(send: () => Promise<boolean>): Promise<void> {
  for (let sent = 0; sent < MOST_FRAMES; sent++) if (!await send()) return;
}

/** By name, each with a guest's good token. */
export const hostileSockets: Readonly<Record<string, HostileSocket>> = {
  "messages that never end": (port, token) =>
    withSocket(port, token, async (client) => {
      await client.send({ opcode: opcodes.text, fin: false, payload: text("x") });
      await goOn(() => client.send({ opcode: opcodes.continuation, fin: false, payload: block }));
    }),
  "messages in tiny fragments": (port, token) =>
    withSocket(port, token, async (client) => {
      await client.send({ opcode: opcodes.text, fin: false, payload: text("x") });
      await goOn(() => client.send({ opcode: opcodes.continuation, fin: false, payload: text("x") }));
    }),
  "single huge frames": (port, token) =>
    withSocket(port, token, async (client) => {
      await client.send({ opcode: opcodes.text, payload: block, announced: 63 * 1024 * 1024 });
      await goOn(() => client.write(block));
    }),
  "floods of nested brackets": (port, token) =>
    withSocket(port, token, (client) => goOn(() => client.send({ opcode: opcodes.text, payload: brackets }))),
  "floods of pings": (port, token) =>
    withSocket(
      port,
      token,
      (client) => goOn(() => client.send({ opcode: opcodes.ping, payload: text("x") })),
    ),
  "floods of requests": (port, token) =>
    withSocket(port, token, async (client) => {
      await client.send({ opcode: opcodes.text, payload: text('{"id":1,"type":"join","data":{}}') });
      const payload = text('{"id":2,"type":"chat.send","data":{"text":"spam"}}');
      await goOn(() => client.send({ opcode: opcodes.text, payload }));
    }),
  "binary frames": (port, token) =>
    withSocket(port, token, (client) => client.send({ opcode: opcodes.binary, payload: block })),
  "connections that never join": (port, token) => withSocket(port, token, () => Promise.resolve()),
  "refused tokens whose close is ignored": (port) => withSocket(port, "rubbish", () => Promise.resolve()),
  "half a handshake": async (port) => {
    using client = await RawClient.connect(port);
    await client.write("GET /signaling HTTP/1.1\r\nhost: x\r\nsec-web");
    await client.ended();
  },
  "refused handshakes by the hundred": async (port) => {
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 20 }, async () => {
        const { client } = await RawClient.handshake(port, ["sec-websocket-protocol: another"]);
        using _client = client;
        await client.ended();
      }));
    }
  },
};
