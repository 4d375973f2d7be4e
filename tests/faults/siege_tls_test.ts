import { assertEquals } from "@std/assert";
import { ready, startUp, upPlace } from "../dev/running_up.ts";
import { RawClient } from "../meeting/support/raw_client.ts";
import { join, signIn } from "./https_caller.ts";
import { processUse } from "../chaos/siege/process_use.ts";

const OPERATOR = { email: "ann@example.org", password: "a password of mine" };
/** Fewer than an address may have, since the participant is at the same one. */
const CROWD = 200;
/** The header of a TLS record (RFC 8446 §5.1) that announces 512 bytes, and the first of them. */
const HALF_A_HANDSHAKE = new Uint8Array([22, 3, 1, 2, 0, 1]);

Deno.test("siege › unfinished TLS handshakes by the hundred drop nobody, and leave nothing open behind", async () => {
  const place = await upPlace();
  const env = {
    DT_ADMIN_EMAIL: OPERATOR.email,
    DT_ADMIN_PASSWORD: OPERATOR.password,
    // They would be waited for twice as long, and the services' own idle connections 75 s.
    DT_LIMIT_HANDSHAKE_MS: "5000",
    DT_LIMIT_HEADERS_MS: "5000",
    DT_LIMIT_IDLE_MS: "5000",
  };
  await using up = await startUp(place, env, ["--tls"]);
  await ready(up);
  const ca = await Deno.readTextFile(`${place.dataDir}/tls/certificate.pem`);
  using caller = await signIn(`https://localhost:${place.port}`, ca, OPERATOR);
  const ticket = await (await caller.createMeeting())();
  const ada = await join(ticket, ca);
  assertEquals(ada.answer.ok, true);
  const before = await processUse(up.pid);

  const shardPort = Number(new URL(ticket.signaling_url).port);
  const crowd = async (port: number) => {
    const clients = await Promise.all(Array.from({ length: CROWD }, () => RawClient.connect(port)));
    for (const [index, client] of clients.entries()) {
      if (index % 2 === 0) await client.write(HALF_A_HANDSHAKE);
    }
    return clients;
  };
  const [atShard, atGlobal] = [await crowd(shardPort), await crowd(place.port)];
  // Both go on for who is in, and for who comes from the same address.
  assertEquals((await ada.request("session.ping", {})).ok, true);
  const bob = await join(await (await caller.createMeeting())(), ca);
  assertEquals(bob.answer.ok, true);

  // Both close them by themselves.
  await Promise.all([...atShard, ...atGlobal].map((client) => client.ended()));
  for (const service of ["global", "meeting"]) {
    // The participants that came meanwhile have a connection each.
    const most = (before.get(service)?.descriptors ?? 0) + 10;
    while (((await processUse(up.pid)).get(service)?.descriptors ?? 0) > most) {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  assertEquals((await ada.request("session.ping", {})).ok, true);
  for (const { socket } of [ada, bob]) socket.close();
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});
