import { assertEquals } from "@std/assert";
import { cable } from "../../cable.ts";
import { databaseKinds } from "../../store/databases.ts";
import { CLIENTS, OPERATOR, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

async function statusOf(work: Promise<Response>): Promise<[number, string | null]> {
  const answer = await work;
  await answer.body?.cancel();
  return [answer.status, answer.headers.get("retry-after")];
}

const login = (auth: RunningAuth) => statusOf(auth.post("/api/v1/auth/user/token", OPERATOR));
const ready = (auth: RunningAuth) => statusOf(fetch(`${auth.url}/ready`));
const service = (auth: RunningAuth) => {
  const { client_id, client_secret } = CLIENTS.rotator;
  return statusOf(fetch(`${auth.url}/api/v1/auth/service/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret }),
  }));
};

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");

Deno.test({
  name: "cut off › without its database AC says when to come back, and comes back with it",
  ignore: postgres === undefined || postgres.missing,
  async fn() {
    await using database = await postgres?.create();
    if (database?.location.kind !== "postgres") throw new Error("there is no PostgreSQL");
    const url = new URL(database.location.url);
    await using way = cable(url.hostname, Number(url.port || 5432));
    url.hostname = "127.0.0.1";
    url.port = String(way.port);
    await using auth = await startAuth({ DT_DATABASE_URL: url.href }, { workers: true });
    assertEquals([(await ready(auth))[0], (await login(auth))[0], (await service(auth))[0]], [200, 200, 200]);
    way.cut();
    assertEquals(await login(auth), [503, "1"]);
    // What was found out is told for a second.
    while ((await ready(auth))[0] === 200);
    assertEquals(await ready(auth), [503, "1"]);
    // A client that is still remembered gets its token for a second more.
    while ((await service(auth))[0] === 200);
    assertEquals(await service(auth), [503, "1"]);
    assertEquals((await statusOf(fetch(`${auth.url}/health`)))[0], 200);
    way.mend();
    while ((await ready(auth))[0] !== 200);
    assertEquals([(await login(auth))[0], (await service(auth))[0]], [200, 200]);
  },
});
