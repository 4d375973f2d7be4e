import { connect, createServer, type Socket } from "node:net";
import { assert, assertEquals } from "@std/assert";
import { WaitingSockets } from "../../../meeting/shard/waiting_sockets.ts";
import { addressSet } from "../../../shared/http/mod.ts";
import { freePorts } from "../../free_ports.ts";

const limits = { sockets: 1_000, waiting: 500, waitingPerAddress: 2, waitingMs: 10_000 };

/** A server whose sockets all wait. */
async function listen() {
  const waiting = new WaitingSockets(limits, addressSet([]), () => 0);
  const accepted: { readonly socket: Socket; readonly hasPlace: boolean }[] = [];
  const open = new Set<Promise<void>>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    accepted.push({ socket, hasPlace: waiting.add(socket) });
    open.add(new Promise((resolve) => socket.once("close", () => resolve())));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert(typeof address === "object" && address !== null);
  const clients: Socket[] = [];
  return {
    waiting,
    accepted,
    /** Answers once the server has accepted it. */
    async connect(localPort: number) {
      const before = accepted.length;
      const client = connect({ host: "127.0.0.1", port: address.port, localPort });
      clients.push(client.on("error", () => {}));
      await new Promise<void>((resolve) => client.once("connect", resolve));
      while (accepted.length === before) await new Promise((resolve) => server.once("connection", resolve));
      return client;
    },
    allClosed: () => Promise.all(open),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await Promise.all(open);
      server.close();
    },
  };
}

Deno.test("waiting sockets › a client that comes back from the port of a socket that it has reset costs one place", async () => {
  await using server = await listen();
  const localPort = freePorts(1);
  for (let round = 0; round < 3; round++) {
    (await server.connect(localPort)).resetAndDestroy();
    (await server.connect(localPort)).resetAndDestroy();
    await server.allClosed();
  }
  for (let n = 0; n < 3; n++) await server.connect(freePorts(1));
  const places = server.accepted.map(({ hasPlace }) => hasPlace);
  assertEquals(places, [...Array(8).fill(true), false]);
});

Deno.test("waiting sockets › a socket that was replaced takes nothing from its successor when it leaves", async () => {
  await using server = await listen();
  const localPort = freePorts(1);
  (await server.connect(localPort)).resetAndDestroy();
  await server.connect(localPort);
  const [first, second] = server.accepted;
  if (first !== undefined) server.waiting.leave(first.socket);
  await server.connect(freePorts(1));
  await server.connect(freePorts(1));
  assertEquals(server.accepted.map(({ hasPlace }) => hasPlace), [true, true, true, false]);
  if (second !== undefined) server.waiting.leave(second.socket);
  await server.connect(freePorts(1));
  assertEquals(server.accepted.at(-1)?.hasPlace, true);
});
