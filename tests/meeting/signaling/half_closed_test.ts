import { createServer } from "node:http";
import { Socket } from "node:net";
import { assert, assertEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocketServer } from "ws";
import { BoundedSocket } from "../../../meeting/signaling/bounded_socket.ts";
import { Acceptor } from "../../../shared/http/mod.ts";
import { untilUnsent } from "../../until_unsent.ts";
import { Heard } from "../support/heard.ts";
import { opcodes, RawClient, text } from "../support/raw_client.ts";

const limits = { messagesPerSecond: 50, messageBurst: 100, bytesPerSecond: 262_144, byteBurst: 1_048_576 };

/** A client, and the server's socket for it, with the stream below. */
async function connect(closeTimeoutMs: number) {
  const open = new Set<Socket>();
  const entered = Promise.withResolvers<{ socket: BoundedSocket; stream: Socket }>();
  // `ws` has a timer for the closes that it sends, of 30 s: none of these tests waits for it.
  const webSockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });
  const http = createServer().on("upgrade", (request, stream, head) => {
    assert(stream instanceof Socket);
    webSockets.handleUpgrade(request, stream, head, (webSocket) => {
      const options = { address: "", limits, now: () => 0, onSettled() {}, closeTimeoutMs };
      entered.resolve({ socket: new BoundedSocket(webSocket, stream, options), stream });
    });
  });
  const acceptor = await Acceptor.listen({
    hostname: "127.0.0.1",
    port: 0,
    tls: null,
    handshakeMs: 0,
    onAccepted(socket) {
      open.add(socket);
      socket.once("close", () => open.delete(socket));
    },
    onReady: (socket) => void http.emit("connection", socket),
  });
  const { client } = await RawClient.handshake(acceptor.port, []);
  const { socket, stream } = await entered.promise;
  return {
    client,
    socket,
    stream,
    open,
    [Symbol.dispose]() {
      client[Symbol.dispose]();
      acceptor.close();
    },
  };
}

for (const closes of [false, true]) {
  const what = closes ? "and is closed then" : "and is left alone";
  Deno.test(`bounded socket › a client that ends its side while it doesn't read, ${what}, is cut off`, async () => {
    using all = await connect(50);
    const { client, socket, stream, open } = all;
    const heard = new Heard(socket);
    await untilUnsent(() => stream.writableLength, () => socket.send("x".repeat(60_000)));
    const ended = new Promise((resolve) => stream.once("end", resolve));
    await client.endWriting();
    await ended;
    assert(stream.writableLength > 0);
    assertEquals(open.size, 1);
    if (closes) socket.close(4503, "moved");
    await heard.closed;
    assertEquals(open.size, 0);
  });
}

Deno.test("bounded socket › a client that ends its side and reads on gets everything that was sent before", async () => {
  using all = await connect(60_000);
  const { client, socket, stream } = all;
  const heard = new Heard(socket);
  let frames = 0;
  await untilUnsent(() => stream.writableLength, () => {
    frames++;
    socket.send("x".repeat(60_000));
  });
  await client.send({ opcode: opcodes.text, payload: text("the last") });
  await client.endWriting();
  let got = 0;
  while ((await client.readFrame())?.opcode === opcodes.text) got++;
  assertEquals(got, frames);
  await heard.closed;
  assertEquals(heard.texts, ["the last"]);
});
