import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { passedOnTo } from "../../shared/dev/passed_on.ts";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { type Deployment, deployment } from "../global/support/deployment.ts";
import { type PostgresServer, startPostgres } from "../store/postgres_server.ts";
import { startRedis } from "../store/live/redis_server.ts";
import { freePorts } from "../free_ports.ts";
import { makeCertificate } from "../tls/certificates.ts";
import { post } from "./support/post.ts";

/** An access token of the deployment's admin. */
async function signIn({ url, admin }: Deployment): Promise<string> {
  const { status, body } = await post(`${url}/api/v1/auth/user/token`, admin);
  assertEquals(status, 200, JSON.stringify(body));
  return body.access_token;
}

const create = ({ url }: Deployment, token: string) =>
  post(`${url}/api/v1/meetings`, { display_name: "One" }, token);

async function read({ url }: Deployment, path: string, token: string) {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  await answer.body?.cancel();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after") };
}

/** Why GC says that it isn't ready. */
async function reason({ url }: Deployment): Promise<string> {
  return (await (await fetch(`${url}/ready`)).json()).error.message;
}

Deno.test("engines › PostgreSQL and Redis by TLS, whose certificates are checked", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-engines-" });
  const { certFile, keyFile } = await makeCertificate(folder);
  await using postgres = await startPostgres({
    config: ["ssl = on", "ssl_cert_file = 'server.crt'", "ssl_key_file = 'server.key'"],
    async prepare(own) {
      await Deno.copyFile(certFile, `${own}/data/server.crt`);
      await Deno.copyFile(keyFile, `${own}/data/server.key`);
      await Deno.chmod(`${own}/data/server.key`, 0o600);
      // Nobody gets in without TLS.
      await Deno.writeTextFile(`${own}/data/pg_hba.conf`, "hostssl all all 127.0.0.1/32 trust\n");
    },
  });
  const port = freePorts(1);
  await using _redis = await startRedis([
    `tls-port ${port}`,
    `tls-cert-file ${certFile}`,
    `tls-key-file ${keyFile}`,
    "tls-auth-clients no",
  ]);
  const urls = {
    databaseUrl: `${postgres.url.replace("127.0.0.1", "localhost")}?sslmode=verify-full`,
    liveStoreUrl: `rediss://localhost:${port}`,
  };
  {
    await using trusting = await deployment({ ...urls, env: { DENO_CERT: certFile } });
    assertEquals((await create(trusting, await signIn(trusting))).status, 201);
    // The live store has answered that there is none.
    assertEquals(await reason(trusting), "no meeting controller is ready");
  }
  const { message } = await assertRejects(() => deployment(urls), Error);
  assertMatch(message, /can't be used: self-signed certificate/);
  // Without TLS the server refuses, and the line says so.
  const plain = await assertRejects(() => deployment({ databaseUrl: postgres.url }), Error);
  assertStringIncludes(plain.message, "no encryption");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("engines › `up` hands on to every service whom it is to trust", () => {
  for (const service of SERVICES) {
    assertEquals(passedOnTo(service, { DENO_CERT: "/etc/ca.pem", SSL_CERT_FILE: "x" }), {
      DENO_CERT: "/etc/ca.pem",
    });
  }
});

/** Has all connections made anew, as after a change of the primary server. */
async function breakConnections(postgres: PostgresServer): Promise<void> {
  await postgres.administer(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
}

Deno.test("engines › on a read-only PostgreSQL what only reads is answered, and what writes is told to come again", async () => {
  await using postgres = await startPostgres();
  await using running = await deployment({ databaseUrl: postgres.url });
  const token = await signIn(running);
  const made = await create(running, token);
  assertEquals(made.status, 201);
  const path = `/api/v1/meetings/${made.body.code}`;
  await postgres.administer("ALTER DATABASE postgres SET default_transaction_read_only = on");
  await breakConnections(postgres);
  const refused = async () => {
    const answer = await create(running, token);
    return [answer.status, answer.retryAfter !== null, answer.body.error?.code];
  };
  // A connection that was cut amid a request is an outage too, so both are the same answer.
  assertEquals(await refused(), [503, true, "UNAVAILABLE"]);
  assertEquals(await refused(), [503, true, "UNAVAILABLE"]);
  const login = await post(`${running.url}/api/v1/auth/register`, {
    email: "new@example.org",
    password: "a long password",
    display_name: "New",
  });
  assertEquals([login.status, login.retryAfter !== null], [503, true]);
  assertEquals((await read(running, path, token)).status, 200);
  await postgres.administer(
    "SET default_transaction_read_only = off",
    "ALTER DATABASE postgres RESET default_transaction_read_only",
  );
  await breakConnections(postgres);
  while ((await create(running, token)).status === 503);
  assertEquals((await create(running, token)).status, 201);
});

Deno.test("engines › while PostgreSQL is away requests are told to come again, and then it is as before", async () => {
  await using postgres = await startPostgres();
  await using running = await deployment({ databaseUrl: postgres.url });
  const token = await signIn(running);
  const { body: { code } } = await create(running, token);
  for (const how of ["fast", "immediate"] as const) {
    await postgres.stop(how);
    for (
      const answer of [await create(running, token), await read(running, `/api/v1/meetings/${code}`, token)]
    ) {
      assertEquals([answer.status, answer.retryAfter !== null], [503, true]);
    }
    await postgres.start();
    while ((await read(running, `/api/v1/meetings/${code}`, token)).status === 503);
    assertEquals((await read(running, `/api/v1/meetings/${code}`, token)).status, 200);
    assert((await create(running, token)).status === 201);
  }
});
