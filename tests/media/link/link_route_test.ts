import { assert, assertEquals } from "@std/assert";
import { linkRoute, maxLinkMessageBytes } from "../../../media/link/link_route.ts";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  httpJwksSource,
  JwksManagerActor,
} from "../../../shared/auth/mod.ts";
import { createHandler, serve, serveUpgrades } from "../../../shared/http/mod.ts";
import { Upgrades } from "../../../shared/http/upgrades.ts";
import { type Authority, createAuthority, issuer } from "../fixtures/authority.ts";
import { connectLink, openSocket } from "../fixtures/connect_link.ts";
import { type Handler, type HandlerOptions, startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { until } from "../fixtures/until.ts";

interface House {
  readonly handler: Handler;
  readonly authority: Authority;
  /** `host:port/link` */
  readonly place: string;
}

/** The link route over a real handler. Tokens are checked against a real key set on loopback. */
function test(name: string, body: (house: House) => Promise<void>, options: HandlerOptions = {}): void {
  Deno.test(`link › ${name}`, async () => {
    await using handler = await startHandler(options);
    const authority = await createAuthority();
    await using keyServer = serve({
      hostname: "127.0.0.1",
      port: 0,
      handler: createHandler({ routes: authority.routes }),
    });
    await using actors = createScope();
    const source = httpJwksSource(`http://127.0.0.1:${keyServer.port}/.well-known/jwks.json`);
    const keys = actors.spawn(JwksManagerActor, { issuers: new Map([[issuer, source]]) });
    const upgrades = new Upgrades({ maxMessageBytes: maxLinkMessageBytes });
    const route = linkRoute({
      upgrades,
      links: actors,
      table: handler.table,
      telemetry: handler.telemetry,
      verifier: createTokenVerifier({ keys, audience: AUDIENCES.media }),
      metrics: handler.metrics,
      maxLinks: 2,
      stopping: new AbortController().signal,
      now: Date.now,
    });
    await using server = await serveUpgrades({
      hostname: "127.0.0.1",
      port: 0,
      handler: createHandler({ routes: [route] }),
    }, upgrades);
    await body({ handler, authority, place: `127.0.0.1:${server.port}/link` });
    await actors.close();
  });
}

const upgrade = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The answer of the link route to a request that it doesn't upgrade. */
async function knock(place: string, headers: Record<string, string>) {
  const answer = await fetch(`http://${place}`, { headers: { ...upgrade, ...headers } });
  const { error } = await answer.json();
  return [answer.status, error.code];
}

test("a request without a good token is refused", async ({ authority, place }) => {
  assertEquals(await knock(place, {}), [401, "UNAUTHORIZED"]);
  const refused: Record<string, unknown>[] = [
    { aud: "darktower:meeting" },
    { iss: "http://somebody.else" },
    { exp: Math.floor(Date.now() / 1000) - 60 },
    { service_type: undefined },
  ];
  for (const claims of refused) {
    const authorization = `Bearer ${await authority.sign(claims)}`;
    assertEquals(await knock(place, { authorization }), [401, "UNAUTHORIZED"], JSON.stringify(claims));
  }
  const other = await createAuthority();
  const forged = `Bearer ${await other.sign()}`;
  assertEquals(await knock(place, { authorization: forged }), [401, "UNAUTHORIZED"]);
  const narrow = `Bearer ${await authority.sign({ scope: "service.other.mh" })}`;
  assertEquals(await knock(place, { authorization: narrow }), [403, "FORBIDDEN"]);
});

test("a request that is not for a link is refused", async ({ authority, place }) => {
  const authorization = `Bearer ${await authority.sign()}`;
  assertEquals(await knock(place, { authorization }), [400, "INVALID_REQUEST"]);
  const plain = await fetch(`http://${place}`, { headers: { authorization } });
  assertEquals([plain.status, (await plain.json()).error.code], [400, "INVALID_REQUEST"]);
});

test("a socket without a token doesn't open", async ({ place }) => {
  const socket = openSocket(`ws://${place}`, undefined);
  const outcome = await new Promise((resolve) => {
    socket.addEventListener("open", () => resolve("open"));
    socket.addEventListener("error", () => resolve("refused"));
  });
  assertEquals(outcome, "refused");
});

test("a link carries steps, outcomes and reports", async ({ handler, authority, place }) => {
  await using link = await connectLink(`ws://${place}`, await authority.sign());
  assertEquals(link.protocol, "darktower.media.v1");
  const { steps, done, codeOf, inventory, router_id } = await openMeeting(link.control);
  const ada = await done(steps.transports("ada"));
  const bob = await done(steps.transports("bob"));
  const { producer_id } = await done(steps.video("ada", ada.send.id));
  const { consumer_id } = await done(steps.consume("bob", producer_id));
  assertEquals(await codeOf(steps.consume("bob", "nobody")), "not_found");
  const shown = (name: string, { send, recv }: typeof ada) => ({
    participant_id: name,
    epoch: 1,
    send_transport_id: send.id,
    recv_transport_id: recv.id,
    state: "new" as const,
  });
  const consumer = { consumer_id, producer_id, paused: true, spatial_layer: null, priority: 1 };
  const participants = [
    {
      ...shown("ada", ada),
      producers: [{ producer_id, source: "camera" as const, paused: false, layers: 1 }],
      consumers: [],
    },
    { ...shown("bob", bob), producers: [], consumers: [consumer] },
  ];
  assertEquals(await inventory(), { batch: 0, routers: [{ router_id, participants, pipes: [] }] });
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  const transport = live?.transports.find(({ id }) => id === ada.send.id);
  transport?.emit("icestatechange", "connected");
  transport?.emit("dtlsstatechange", "failed");
  await link.reports.first("transport.ended", 1);
  assertEquals(link.reports.all.map(({ meeting_id, report }) => [meeting_id, report.report]), [
    ["m", "transport.path"],
    ["m", "transport.ended"],
  ]);
});

test("a second link that opens at a higher generation has the meeting", async ({ authority, place }) => {
  await using old = await connectLink(`ws://${place}`, await authority.sign());
  await using young = await connectLink(`ws://${place}`, await authority.sign());
  const before = await openMeeting(old.control);
  const after = await openMeeting(young.control, "m", 2);
  assertEquals(after.router_id, before.router_id);
  const stale = await old.control.ask("apply", { ...before.fence, batch: 1, steps: [] });
  assertEquals(stale.ok ? "ok" : stale.error.code, "stale_generation");
  const foreign = await old.control.ask("apply", { ...after.fence, batch: 1, steps: [] });
  assertEquals(foreign.ok ? "ok" : foreign.error.code, "not_found");
  assertEquals(await after.codeOf(after.steps.transports("ada")), "ok");
});

test("a message that doesn't match the protocol is refused", async ({ authority, place }) => {
  const socket = openSocket(`ws://${place}`, await authority.sign());
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  const ask = (kind: string, body: unknown) =>
    new Promise((resolve) => {
      socket.addEventListener("message", function answered({ data }) {
        const frames: { t: string; error?: { code: string } }[] = data === "" ? [] : JSON.parse(data);
        const done = frames.find(({ t }) => t === "done");
        if (done === undefined) return;
        socket.removeEventListener("message", answered);
        resolve(done.error?.code);
      });
      const frame = { t: "msg", id: 1, to: "control", kind, body, deadline: 1_000, chain: [] };
      socket.send(JSON.stringify([frame]));
    });
  assertEquals(await ask("open", { meeting_id: "m", generation: "1" }), "invalid");
  assertEquals(await ask("__proto__", {}), "invalid");
  assertEquals(await ask("linkDown", { link: "x" }), "invalid");
  socket.close();
  await closed;
});

test("a peer that asks on and on without reading is refused beyond the bound, and the handler goes on", async ({ authority, place }) => {
  const socket = openSocket(`ws://${place}`, await authority.sign());
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const ASKS = 5_000;
  const codes = new Map<string, number>();
  const answered = new Promise<void>((resolve) => {
    let answers = 0;
    socket.addEventListener("message", ({ data }) => {
      const frames: { t: string; error?: { code: string } }[] = data === "" ? [] : JSON.parse(data);
      for (const { t, error } of frames) {
        if (t !== "done") continue;
        const code = error?.code ?? "ok";
        codes.set(code, (codes.get(code) ?? 0) + 1);
        if (++answers === ASKS) resolve();
      }
    });
  });
  const body = { meeting_id: "m", generation: 1 };
  const ask = (id: number) => ({ t: "msg", id, to: "control", kind: "inventory", body, deadline: null });
  socket.send(JSON.stringify(Array.from({ length: ASKS }, (_, index) => ask(index + 1))));
  await answered;
  // The first are answered as usual: the meeting was never opened.
  assertEquals(codes, new Map([["overloaded", ASKS - 256], ["not_found", 256]]));
  await using link = await connectLink(`ws://${place}`, await authority.sign());
  assert((await link.control.ask("open", { meeting_id: "m", generation: 1 })).ok);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  socket.close();
  await closed;
});

test("a link lives as long as its latest token", async ({ authority, place }) => {
  const exp = Math.ceil(Date.now() / 1000) + 1;
  await using link = await connectLink(`ws://${place}`, await authority.sign({ exp }));
  await using renewed = await connectLink(`ws://${place}`, await authority.sign({ exp }));
  const foreign = await renewed.session.ask("renew", { token: await authority.sign({ sub: "another" }) });
  assertEquals(foreign.ok ? "ok" : foreign.error.code, "refused");
  const narrow = await renewed.session.ask("renew", { token: await authority.sign({ scope: "" }) });
  assertEquals(narrow.ok ? "ok" : narrow.error.code, "refused");
  const { expires_in_seconds } = valueOf(
    await renewed.session.ask("renew", { token: await authority.sign() }),
  );
  assert(expires_in_seconds > 3_000);
  await link.closed;
  assert((await renewed.control.ask("open", { meeting_id: "m", generation: 1 })).ok);
});

test("there are no more links than the limit, and a closed link makes room", async ({ handler, authority, place }) => {
  const authorization = `Bearer ${await authority.sign()}`;
  const offer = { authorization, "sec-websocket-protocol": "darktower.media.v1" };
  {
    await using _one = await connectLink(`ws://${place}`, await authority.sign());
    await using _two = await connectLink(`ws://${place}`, await authority.sign());
    assertEquals(await knock(place, offer), [503, "UNAVAILABLE"]);
  }
  const links = async () => /^mh_links (\d+)$/m.exec(await handler.metrics.registry.metrics())?.[1];
  await until(async () => await links() === "0" || undefined);
  await using link = await connectLink(`ws://${place}`, await authority.sign());
  assert((await link.control.ask("open", { meeting_id: "m", generation: 1 })).ok);
});

test("a link that the routing table does not take is closed", async ({ handler, authority, place }) => {
  await handler.scope.stopChild(handler.table);
  await using link = await connectLink(`ws://${place}`, await authority.sign());
  await link.closed;
});

test("a meeting outlives its link only for a while", async ({ handler, authority, place }) => {
  const meetings = async () => valueOf(await handler.table.ask("status", undefined)).meetings;
  {
    await using link = await connectLink(`ws://${place}`, await authority.sign());
    await openMeeting(link.control);
    assertEquals(await meetings(), 1);
  }
  await until(async () => await meetings() === 0 || undefined);
}, { orphanMs: 20 });
