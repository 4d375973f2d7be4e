import { assert, assertEquals } from "@std/assert";
import {
  createRuntime,
  createScope,
  isolateRuntime,
  type RemoteLink,
  remoteLink,
} from "../../shared/actor/mod.ts";
import { createTestKit } from "../../shared/actor/testing/mod.ts";
import { rawRef } from "../../shared/actor/ref_of.ts";
import { Counter, CounterActor } from "./fixtures/counter.ts";
import { silentProxy } from "./fixtures/silent_proxy.ts";

/** A counter behind a WebSocket on loopback. */
function serveCounter(runtime = isolateRuntime) {
  const scope = createScope({ runtime });
  const counter = scope.spawn(CounterActor, { start: 0 });
  const links: RemoteLink[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const link = remoteLink(socket, runtime);
    link.expose("counter", counter);
    links.push(link);
    return response;
  });
  return {
    counter,
    links,
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      for (const link of links) link.close();
      await scope.close(0);
      await server.shutdown();
    },
  };
}

async function connect(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  return socket;
}

const closedOf = (socket: WebSocket) =>
  new Promise<void>((resolve) => socket.addEventListener("close", () => resolve(), { once: true }));

Deno.test("remote actor › A4 a peer that vanishes without closing: every ask settles with `unreachable`", async () => {
  await using served = serveCounter();
  await using proxy = silentProxy(served.port);
  const kit = createTestKit(1);
  const socket = await connect(proxy.port);
  const link = remoteLink(socket, kit.runtime);
  const ref = link.ref("counter", Counter);
  const pending = ref.ask("add", 1, { timeoutMs: Infinity });
  await pending;
  proxy.silence();
  const ended = new Promise((resolve) => ref.watch(resolve));
  const asks = Array.from({ length: 100 }, () => ref.ask("add", 1, { timeoutMs: Infinity }));
  await kit.advance(20_000);
  const codes = (await Promise.all(asks)).map((result) => result.ok || result.error.code);
  assertEquals([...new Set(codes)], ["unreachable"]);
  assertEquals(await ended, "unreachable");
  const late = await ref.ask("add", 1);
  assertEquals(late.ok || late.error.code, "unreachable");
  assertEquals(kit.runtime.wheel.size, 0);
});

Deno.test("remote actor › A4 a peer that shows signs of life is not given up", async () => {
  const far = createTestKit(1);
  const near = createTestKit(2);
  await using served = serveCounter(far.runtime);
  const socket = await connect(served.port);
  const link = remoteLink(socket, near.runtime);
  let closed = false;
  link.onClose(() => closed = true);
  for (let i = 0; i < 6; i++) {
    const sign = new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
    await far.advance(5_100);
    await sign;
    await near.advance(5_100);
  }
  assertEquals(closed, false);
  const gone = closedOf(socket);
  link.close();
  await gone;
});

const bounds: readonly (readonly [string, () => string])[] = [
  // Apart from its length it is good.
  [
    "too long a text",
    () =>
      JSON.stringify([{ t: "msg", id: 1, to: "counter", kind: "add", body: 1, deadline: null }]) +
      " ".repeat(32 * 1024 * 1024),
  ],
  ["what is no JSON", () => "{"],
  ["what is no frame", () => JSON.stringify([{ t: "what" }])],
  ["too many frames", () => JSON.stringify(Array(10_001).fill({ t: "cancel", id: 1 }))],
  [
    "a deadline that is no number",
    () => JSON.stringify([{ t: "msg", id: 1, to: "counter", kind: "total", deadline: "soon" }]),
  ],
  [
    "too long a chain of askers",
    () =>
      JSON.stringify([{
        t: "msg",
        id: 1,
        to: "counter",
        kind: "total",
        deadline: null,
        chain: Array(65).fill("a"),
      }]),
  ],
];

for (const [what, text] of bounds) {
  Deno.test(`remote actor › A2 a peer that sends ${what} is cut off`, async () => {
    await using served = serveCounter();
    const socket = await connect(served.port);
    const closed = closedOf(socket).then(() => "cut off");
    const answered = new Promise<string>((resolve) =>
      socket.addEventListener("message", ({ data }) => {
        if (String(data).includes("done")) resolve("answered");
      })
    );
    socket.send(text());
    socket.send(JSON.stringify([{ t: "msg", id: 2, to: "counter", kind: "total", deadline: null }]));
    // A peer that is silent is cut off as well, but later.
    const outcome = await Promise.race([closed, answered]);
    socket.close();
    await closed;
    assertEquals(outcome, "cut off");
    assertEquals(await served.counter.ask("total", undefined), { ok: true, value: 0 });
  });
}

Deno.test("remote actor › A2 a body over its schema's limits is refused before the actor sees it", async () => {
  await using served = serveCounter();
  const socket = await connect(served.port);
  const answers = new Promise<string>((resolve) =>
    socket.addEventListener("message", ({ data }) => {
      if (String(data).includes("done")) resolve(String(data));
    })
  );
  const message = { t: "msg", id: 7, to: "counter", kind: "add", deadline: null, chain: [] };
  socket.send(JSON.stringify([{ ...message, body: "many" }]));
  const [answer] = JSON.parse(await answers).filter(({ t }: { t: string }) => t === "done");
  assertEquals([answer.id, answer.error.code], [7, "invalid"]);
  const total = await served.counter.ask("total", undefined);
  assertEquals(total, { ok: true, value: 0 });
  const closed = closedOf(socket);
  socket.close();
  await closed;
});

Deno.test("remote actor › A4 a message too long for the link fails alone", async () => {
  await using served = serveCounter();
  const socket = await connect(served.port);
  const link = remoteLink(socket);
  const ref = link.ref("counter", Counter);
  const [before, long, after] = await Promise.all([
    ref.ask("add", 1),
    ref.ask("echo", "x".repeat(33 * 1024 * 1024)),
    ref.ask("add", 2),
  ]);
  assertEquals([before, after], [{ ok: true, value: 1 }, { ok: true, value: 3 }]);
  assert(!long.ok && long.error.code === "invalid");
  const closed = closedOf(socket);
  link.close();
  await closed;
});

Deno.test("remote actor › A4 a message that is sent before the socket is open arrives", async () => {
  await using served = serveCounter();
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}`);
  const link = remoteLink(socket);
  const ref = link.ref("counter", Counter);
  assertEquals(await ref.ask("add", 1), { ok: true, value: 1 });
  const closed = closedOf(socket);
  link.close();
  await closed;
});

Deno.test("remote actor › A2 all references of one name share a mailbox and its bound", async () => {
  await using served = serveCounter();
  const socket = await connect(served.port);
  const link = remoteLink(socket);
  const ref = link.ref("counter", Counter, { capacity: 4 });
  const asks = Array.from({ length: 70 }, () => ref.ask("add", 1));
  const again = link.ref("counter", Counter, { capacity: 4 });
  assertEquals(again.id, ref.id);
  const refused = await again.ask("add", 1);
  assertEquals(refused.ok || refused.error.code, "overloaded");
  await Promise.all(asks);
  const closed = closedOf(socket);
  link.close();
  await closed;
});

const tell = (id: number) => ({ t: "msg", id, to: "counter", kind: "note", body: 1, deadline: null });

Deno.test("remote actor › A2 tells beyond the mailbox's bound are refused and counted, whatever the peer's window", async () => {
  const runtime = createRuntime();
  await using served = serveCounter(runtime);
  const socket = await connect(served.port);
  const busy = new AbortController();
  const blocked = served.counter.ask("waitForAbort", undefined, { timeoutMs: Infinity, signal: busy.signal });
  const refused = new Promise<number>((resolve) => {
    let overloaded = 0;
    socket.addEventListener("message", ({ data }) => {
      if (data === "") return;
      const frames: { t: string; id: number; error?: { code: string } }[] = JSON.parse(data);
      overloaded += frames.filter(({ error }) => error?.code === "overloaded").length;
      if (frames.some(({ t, id }) => t === "done" && id === 10_000)) resolve(overloaded);
    });
  });
  for (let sent = 0; sent < 10_000; sent += 1_000) {
    socket.send(JSON.stringify(Array.from({ length: 1_000 }, (_, index) => tell(sent + index + 1))));
  }
  // 256 are in the mailbox and 64 wait for room, the most that a sender's window allows.
  assertEquals(await refused, 10_000 - 256 - 64);
  assertEquals(rawRef(served.counter).load, 257);
  assertEquals(runtime.statsOf("CounterActor").refused, 10_000 - 256 - 64);
  busy.abort();
  await blocked;
  const closed = closedOf(socket);
  socket.close();
  await closed;
});

Deno.test("remote actor › A2 asks that nobody answers are refused beyond a bound", async () => {
  await using served = serveCounter();
  const socket = await connect(served.port);
  const answerTo = (what: string) =>
    new Promise<number>((resolve) =>
      socket.addEventListener("message", ({ data }) => {
        if (String(data).includes(what)) resolve(JSON.parse(data)[0].id);
      })
    );
  const ask = (kind: string, id: number) => ({ t: "msg", to: "counter", kind, deadline: null, id });
  const wait = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => ask("waitForLater", first + index));
  const handled = answerTo('"value":0');
  socket.send(JSON.stringify([...wait(1, 200), ask("total", 1_000)]));
  // Nothing is in the mailbox any more, and 200 answers are still to come.
  await handled;
  const overloaded = answerTo("overloaded");
  socket.send(JSON.stringify(wait(201, 257)));
  assertEquals(await overloaded, 257);
  const closed = closedOf(socket);
  socket.close();
  await closed;
});

Deno.test("remote actor › A2 an ask of a peer that nobody answers frees its place here at its deadline", async () => {
  const kit = createTestKit(1);
  await using served = serveCounter(kit.runtime);
  const socket = await connect(served.port);
  const codes = new Map<number, string | undefined>();
  const answered = (id: number) =>
    new Promise<string | undefined>((resolve) =>
      socket.addEventListener("message", ({ data }) => {
        if (data === "") return;
        const frames: { t: string; id: number; error?: { code: string } }[] = JSON.parse(data);
        for (const one of frames) if (one.t === "done") codes.set(one.id, one.error?.code);
        if (codes.has(id)) resolve(codes.get(id));
      })
    );
  const ask = (kind: string, id: number) => ({ t: "msg", to: "counter", kind, deadline: 1_000, id });
  const refused = answered(257);
  socket.send(JSON.stringify(Array.from({ length: 257 }, (_, index) => ask("waitForLater", index + 1))));
  assertEquals(await refused, "overloaded");
  const last = answered(256);
  await kit.advance(1_000);
  assertEquals(await last, "timeout");
  const next = answered(1_000);
  socket.send(JSON.stringify([ask("total", 1_000)]));
  assertEquals(await next, undefined);
  const closed = closedOf(socket);
  socket.close();
  await closed;
});

Deno.test("remote actor › A4 an ask that is not answered frees its place at its deadline", async () => {
  const kit = createTestKit(1);
  const arrived = Promise.withResolvers<void>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    // A peer that reads everything and answers nothing.
    socket.onmessage = ({ data }) => {
      if (String(data).includes('"total"')) arrived.resolve();
    };
    return response;
  });
  const socket = await connect(server.addr.port);
  const link = remoteLink(socket, kit.runtime);
  const ref = link.ref("counter", Counter);
  const asks = Array.from({ length: 64 }, () => ref.ask("add", 1, { timeoutMs: 1_000 }));
  await kit.advance(2_000);
  const codes = (await Promise.all(asks)).map((result) => result.ok || result.error.code);
  assertEquals([...new Set(codes)], ["timeout"]);
  const next = ref.ask("total", undefined, { timeoutMs: 1_000 });
  await arrived.promise;
  const closed = closedOf(socket);
  link.close();
  await Promise.all([next, closed]);
  await server.shutdown();
});
