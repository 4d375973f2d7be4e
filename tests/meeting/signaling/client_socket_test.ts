import { assert, assertEquals } from "@std/assert";
import { Heard } from "../support/heard.ts";
import { startPort } from "../support/port.ts";
import { opcodes, RawClient, text } from "../support/raw_client.ts";

const offer = ["sec-websocket-protocol: darktower.v1, bearer.token"];
const request = (id: number, data = "") => text(JSON.stringify({ id, type: "chat.send", data }));

for (const kind of ["bounded", "deno"] as const) {
  const open = async (options: Omit<Parameters<typeof startPort>[0], "kind"> = {}) => {
    const port = await startPort({ kind, ...options });
    const { client, head } = await RawClient.handshake(port.port.port, offer);
    assert(head.toLowerCase().includes("sec-websocket-protocol: darktower.v1"), head);
    return { port, client, socket: await port.entered() };
  };

  Deno.test(`${kind} socket › frames that come before there is a listener reach it in their order`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    for (const content of ["one", "two"]) await client.send({ opcode: opcodes.text, payload: text(content) });
    const heard = new Heard(socket);
    await client.send({ opcode: opcodes.text, payload: text("three") });
    await heard.count(3);
    assertEquals(heard.texts, ["one", "two", "three"]);
  });

  Deno.test(`${kind} socket › frames that are sent together arrive whole and in their order`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    socket.send("one", "two ✓", "x".repeat(70_000));
    const got = [await client.readFrame(), await client.readFrame(), await client.readFrame()];
    assertEquals(got.map((frame) => frame?.opcode), [1, 1, 1]);
    assertEquals(got.map((frame) => new TextDecoder().decode(frame?.payload).length), [3, 5, 70_000]);
  });

  Deno.test(`${kind} socket › what is sent soon goes out at the end of the turn, or before what is sent now`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const read = async () => new TextDecoder().decode((await client.readFrame())?.payload);
    socket.sendSoon("alone");
    assertEquals(await read(), "alone");
    socket.sendSoon("one", "two");
    socket.sendSoon("three");
    socket.send("now");
    socket.sendSoon("later");
    assertEquals([await read(), await read(), await read(), await read(), await read()], [
      "one",
      "two",
      "three",
      "now",
      "later",
    ]);
    socket.sendSoon("last");
    socket.close(4410, "the meeting ended");
    assertEquals(await read(), "last");
    assertEquals((await client.readFrame())?.opcode, opcodes.close);
  });

  const pings = kind === "bounded";
  Deno.test(`${kind} socket › ${pings ? "a ping follows what was sent, and its own pong is told" : "it can't ping"}`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    const read = async () => {
      const frame = await client.readFrame();
      assert(frame !== null);
      return frame;
    };
    socket.sendSoon("held");
    socket.send("sent");
    const pong = socket.ping();
    socket.send("after");
    const got = [await read(), await read()];
    if (pong === null) return assertEquals([pings, (await read()).opcode], [false, opcodes.text]);
    let isTold = false;
    const told = pong.then(() => isTold = true);
    const ping = await read();
    assertEquals([...got, ping, await read()].map(({ opcode }) => opcode), [1, 1, opcodes.ping, 1]);
    for (const payload of [new Uint8Array(), text("another")]) {
      await client.send({ opcode: opcodes.pong, payload });
    }
    await client.send({ opcode: opcodes.text, payload: text("a frame") });
    await heard.count(1);
    assertEquals(isTold, false);
    await client.send({ opcode: opcodes.pong, payload: ping.payload });
    await told;
    socket.close(1000, "left");
    assertEquals(socket.ping(), null);
  });

  Deno.test(`${kind} socket › a fragmented message reaches the listener as one`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    await client.send({ opcode: opcodes.text, fin: false, payload: text("one ") });
    await client.send({ opcode: opcodes.continuation, payload: text("message") });
    await heard.count(1);
    assertEquals(heard.texts, ["one message"]);
  });

  /** The runtime's socket drops a client that goes on after the close, so the client may not read the close. */
  const orDropped = kind === "deno" ? [null] : [];
  const ends: [string, Parameters<RawClient["send"]>[0], readonly (number | null)[]][] = [
    ["binary", { opcode: opcodes.binary, payload: text("{}") }, [4400]],
    ["over 64 KiB", { opcode: opcodes.text, payload: text("x".repeat(65_537)) }, [4413]],
    ["no UTF-8", { opcode: opcodes.text, payload: new Uint8Array(30).fill(0xff) }, [
      4400,
      1007,
      ...orDropped,
    ]],
  ];
  for (const [what, frame, codes] of ends) {
    Deno.test(`${kind} socket › a frame that is ${what} ends the connection, and doesn't reach the listener`, async () => {
      const { port, client, socket } = await open();
      await using _port = port;
      using _client = client;
      const heard = new Heard(socket);
      await client.send(frame);
      const code = await client.closeCode();
      assert(codes.includes(code), String(code));
      client[Symbol.dispose]();
      await heard.closed;
      assertEquals(heard.texts, []);
      assertEquals(port.unsettled, 0);
    });
  }

  Deno.test(`${kind} socket › a frame of 64 KiB is taken`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    await client.send({ opcode: opcodes.text, payload: text("x".repeat(65_536)) });
    await heard.count(1);
    assertEquals(heard.texts.map((one) => one.length), [65_536]);
  });

  Deno.test(`${kind} socket › too many messages are refused by their id, and a client that goes on is closed`, async () => {
    const { port, client, socket } = await open({ now: () => 0, socketLimits: { messageBurst: 3 } });
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    for (let id = 1; id <= 4; id++) await client.send({ opcode: opcodes.text, payload: request(id) });
    const refused = await client.readFrame();
    const { re, ok, error } = JSON.parse(new TextDecoder().decode(refused?.payload));
    assertEquals([re, ok, error.code], [4, false, "RATE_LIMITED"]);
    assertEquals(heard.refused, ["chat.send"]);
    for (let id = 5; id <= 60; id++) await client.send({ opcode: opcodes.text, payload: request(id) });
    assert([4429, ...orDropped].includes(await client.closeCode()));
    assertEquals(heard.texts.length, 3);
  });

  Deno.test(`${kind} socket › of 130 requests at once each reaches the listener or is refused, wherever its id stands`, async () => {
    const { port, client, socket } = await open({ now: () => 0 });
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    const ids = Array.from({ length: 130 }, (_, index) => index + 1);
    for (const id of ids) {
      const payload = text(JSON.stringify({ type: "session.ping", data: {}, id }));
      await client.send({ opcode: opcodes.text, payload });
    }
    await heard.count(100);
    const refused: unknown[] = [];
    while (refused.length < 30) {
      const { re, error } = JSON.parse(new TextDecoder().decode((await client.readFrame())?.payload));
      refused.push([re, error.code]);
    }
    assertEquals(heard.texts.map((frame) => JSON.parse(frame).id), ids.slice(0, 100));
    assertEquals(refused, ids.slice(100).map((id) => [id, "RATE_LIMITED"]));
  });

  Deno.test(`${kind} socket › bytes are limited too`, async () => {
    const { port, client, socket } = await open({ now: () => 0, socketLimits: { byteBurst: 150_000 } });
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    const payload = text("[".repeat(65_536));
    let sent = 0;
    while (sent < 200 && await client.send({ opcode: opcodes.text, payload })) sent++;
    assert([4429, ...orDropped].includes(await client.closeCode()));
    assertEquals(heard.texts.length, 2);
  });

  Deno.test(`${kind} socket › a joined client is settled once, and not again at the end`, async () => {
    const { port, client, socket } = await open();
    await using _port = port;
    using _client = client;
    const heard = new Heard(socket);
    assertEquals(port.unsettled, 1);
    socket.settle();
    socket.settle();
    assertEquals(port.unsettled, 0);
    socket.close(1000, "left");
    assertEquals(await client.closeCode(), 1000);
    client[Symbol.dispose]();
    await heard.closed;
    assertEquals(port.unsettled, 0);
  });
}
