import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { makeCertificate, servedCertificate } from "../tls/certificates.ts";
import { join, signIn } from "./https_caller.ts";
import { ready, startUp, upPlace } from "../dev/running_up.ts";
import { startRedis } from "../store/live/redis_server.ts";

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
  using caller = await signIn(page, ca, operator);
  const ticket = await caller.createMeeting();
  const entry = await ticket();
  const { signaling_url } = entry;
  assertMatch(signaling_url, /^wss:\/\//);
  const first = await join(entry, ca);
  assertEquals(first.answer.ok, true);

  await redis.kill();
  await redis.start("empty");
  // The meeting writes itself back, and then has the same place.
  const again = await ticket();
  assertEquals(again.signaling_url, signaling_url);
  const second = await join(again, ca);
  assertEquals(second.answer.data.participants.length, 2);

  const before = await servedCertificate(place.port);
  const shardPort = Number(new URL(signaling_url).port);
  assertEquals(await servedCertificate(shardPort), before);
  const other = await makeCertificate(`${place.dataDir}/other`);
  await Deno.copyFile(other.keyFile, `${place.dataDir}/tls/key.pem`);
  await Deno.copyFile(other.certFile, certFile);
  for (const port of [place.port, shardPort]) {
    // A handshake amid the change may be cut off: its client tries again.
    while (await servedCertificate(port).catch(() => before) === before);
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
