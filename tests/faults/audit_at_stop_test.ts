import { assertEquals, assertMatch } from "@std/assert";
import { authFolder, startAuthProcess } from "../auth/auth_process.ts";
import { startPostgres } from "../store/postgres_server.ts";

Deno.test("audit › an AC that is stopped while PostgreSQL is silent says which entries are lost", async () => {
  await using server = await startPostgres();
  await using folder = await authFolder();
  const auth = await startAuthProcess({ folder: folder.path, env: { DT_DATABASE_URL: server.url } });
  try {
    await server.freeze();
    // Nothing is asked of the database before this is refused.
    const headers = { authorization: "Bearer rubbish" };
    const answer = await fetch(`${auth.url}/api/v1/admin/users`, { headers });
    await answer.body?.cancel();
    assertEquals(answer.status, 401);
  } finally {
    await auth[Symbol.asyncDispose]();
  }
  assertMatch(auth.log(), /"message":"audit entries are lost","entries":[1-9]/);
  assertMatch(auth.log(), /"entry":\{[^}]*"type":"token_refused"[^}]*"result":"malformed"/);
});
