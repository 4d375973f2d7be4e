import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
// @ts-types="@types/ws"
import { WebSocket } from "ws";
import { makeCertificate, servedCertificate } from "../tls/certificates.ts";
import { ready, startUp, upPlace } from "../dev/running_up.ts";
import { startRedis } from "../store/live/redis_server.ts";

const json = { "content-type": "application/json" };
const operator = { email: "ann@example.org", password: "a password of mine" };

Deno.test("up › with --tls and Redis one joins by https and wss, Redis may lose all, and a new certificate is used", async () => {
  await using redis = await startRedis();
  const place = await upPlace();
  const env = {
    DT_ADMIN_EMAIL: operator.email,
    DT_ADMIN_PASSWORD: operator.password,
    DT_LIVE_STORE_URL: redis.url,
    DT_LIMIT_TOKENS_PER_SECOND: "10000",
    DT_LIMIT_TOKENS_BURST: "10000",
    DT_LIMIT_USER_PER_SECOND: "10000",
    DT_LIMIT_USER_BURST: "10000",
    DT_LIMIT_ADDRESS_PER_SECOND: "10000",
    DT_LIMIT_ADDRESS_BURST: "10000",
  };
  await using up = await startUp(place, env, ["--tls"]);
  await ready(up);
  const page = `https://localhost:${place.port}`;
  assertEquals(up.lines.at(-1), `ready ${page}`);
  await assertMissing(`${place.dataDir}/live/live.db`);

  const certFile = `${place.dataDir}/tls/certificate.pem`;
  const ca = await Deno.readTextFile(certFile);
  using client = Deno.createHttpClient({ caCerts: [ca] });
  const post = async (path: string, body: unknown, token?: string) => {
    const headers = { ...json, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const init = { method: "POST", headers, body: JSON.stringify(body), client };
    return await fetch(`${page}${path}`, init);
  };
  const { access_token } = await (await post("/api/v1/auth/user/token", operator)).json();
  const { code } = await (await post("/api/v1/meetings", { display_name: "Weekly" }, access_token)).json();
  const ticket = async () => {
    for (;;) {
      const answer = await post(`/api/v1/meetings/${code}/join`, {}, access_token);
      if (answer.ok) return await answer.json();
      await answer.body?.cancel();
      // What says "try again" is asked again; anything else is a failure.
      assertEquals([answer.status, answer.headers.has("retry-after")], [503, true]);
    }
  };
  const { signaling_url, token } = await ticket();
  assertMatch(signaling_url, /^wss:\/\//);
  const first = await join(signaling_url, token, ca);
  assertEquals(first.answer.ok, true);

  await redis.kill();
  await redis.start("empty");
  // The meeting writes itself back, and then has the same place.
  const again = await ticket();
  assertEquals(again.signaling_url, signaling_url);
  const second = await join(again.signaling_url, again.token, ca);
  assertEquals(second.answer.data.participants.length, 2);

  const before = await servedCertificate(place.port);
  const shardPort = Number(new URL(signaling_url).port);
  assertEquals(await servedCertificate(shardPort), before);
  const other = await makeCertificate(`${place.dataDir}/other`);
  await Deno.copyFile(other.keyFile, `${place.dataDir}/tls/key.pem`);
  await Deno.copyFile(other.certFile, certFile);
  for (const port of [place.port, shardPort]) {
    while (await servedCertificate(port) === before);
    assertNotEquals(await servedCertificate(port), before);
  }
  // Who is in stays in.
  assertEquals((await second.request("session.ping", {})).ok, true);
  for (const { socket } of [first, second]) socket.close();
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

async function assertMissing(file: string): Promise<void> {
  assert(await Deno.stat(file).then(() => false, () => true), `there is ${file}`);
}

/** A participant without media. */
async function join(url: string, token: string, ca: string) {
  const socket = new WebSocket(url, ["darktower.v1", `bearer.${token}`], { ca });
  const opened = Promise.withResolvers<unknown>();
  socket.on("open", opened.resolve);
  socket.on("error", opened.reject);
  await opened.promise;
  let id = 0;
  const waiting = new Map<number, (answer: { ok: boolean; data: { participants: unknown[] } }) => void>();
  socket.on("message", (frame) => {
    const message = JSON.parse(String(frame));
    waiting.get(message.re)?.(message);
  });
  const request = (type: string, data: unknown) => {
    const { promise, resolve } = Promise.withResolvers<{ ok: boolean; data: { participants: unknown[] } }>();
    waiting.set(++id, resolve);
    socket.send(JSON.stringify({ id, type, data }));
    return promise;
  };
  return { socket, request, answer: await request("join", {}) };
}
