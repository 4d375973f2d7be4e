import { assertEquals, assertRejects } from "@std/assert";
import { decodeJwt } from "@panva/jose";
import { operatorCommand } from "../operator_command.ts";
import { basic, BOOTSTRAP, MASTER_KEY, OPERATOR, startAuth } from "../start_auth.ts";

Deno.test("bootstrap › makes what is missing and changes nothing that exists", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using auth = await startAuth({}, { folder });
    assertEquals((await auth.post("/api/v1/auth/user/token", OPERATOR)).status, 200);
  }
  // Whoever wrote the operator's password into the file learns that it counts.
  await Deno.remove(`${folder}/operator.made`);
  const secret = "a new client's secret, long enough";
  const changed = {
    organization: { ...BOOTSTRAP.organization, name: "Renamed", open_registration: false },
    operator: { ...BOOTSTRAP.operator, password: "another password" },
    clients: [
      ...BOOTSTRAP.clients.map((client) => ({ ...client, client_secret: secret })),
      { client_id: "new", client_secret: secret, service_type: "recorder", scope: "service.record.mh" },
    ],
  };
  const file = `${folder}/changed.json`;
  await Deno.writeTextFile(file, JSON.stringify(changed));
  {
    await using auth = await startAuth({ DT_BOOTSTRAP_FILE: file }, { folder });
    const login = await auth.post("/api/v1/auth/user/token", OPERATOR);
    assertEquals(decodeJwt((await login.json()).access_token)["roles"], ["member", "admin", "operator"]);
    await auth.register("ada@example.org");
    await auth.serviceToken("meeting", "service.link.mh");
    const added = await fetch(`${auth.url}/api/v1/auth/service/token`, {
      method: "POST",
      headers: { authorization: basic("new", secret) },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    assertEquals([added.status, (await added.json()).scope], [200, "service.record.mh"]);
    await assertRejects(() => Deno.stat(`${folder}/operator.made`), Deno.errors.NotFound);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("bootstrap › who may register follows the file, until an operator's command says otherwise", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/followed.json`;
  let users = 0;
  const registerWhen = async (open: boolean): Promise<number> => {
    const organization = { ...BOOTSTRAP.organization, open_registration: open, registration_follows: true };
    await Deno.writeTextFile(file, JSON.stringify({ ...BOOTSTRAP, organization }));
    await using auth = await startAuth({ DT_BOOTSTRAP_FILE: file }, { folder });
    const body = { email: `user${users++}@example.org`, password: "a long password", display_name: "Ada" };
    const answer = await auth.post("/api/v1/auth/register", body);
    await answer.body?.cancel();
    return answer.status;
  };
  assertEquals([await registerWhen(true), await registerWhen(false), await registerWhen(true)], [
    201,
    403,
    201,
  ]);
  const run = operatorCommand({ DT_DATA_DIR: folder, DT_MASTER_KEY: MASTER_KEY });
  await run("organization", "change", "default", "--open");
  assertEquals(await registerWhen(false), 201);
  await run("organization", "change", "default", "--closed");
  assertEquals(await registerWhen(true), 403);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("bootstrap › an organisation that has an operator gets no other, whatever address the file has", async () => {
  const folder = await Deno.makeTempDir();
  await (await startAuth({}, { folder }))[Symbol.asyncDispose]();
  await Deno.remove(`${folder}/operator.made`);
  const file = `${folder}/another.json`;
  const another = { ...BOOTSTRAP.operator, email: "another@example.org" };
  await Deno.writeTextFile(file, JSON.stringify({ ...BOOTSTRAP, operator: another }));
  {
    await using auth = await startAuth({ DT_BOOTSTRAP_FILE: file }, { folder });
    const { email, password } = another;
    const login = await auth.post("/api/v1/auth/user/token", { email, password });
    await login.body?.cancel();
    assertEquals(login.status, 401);
    await assertRejects(() => Deno.stat(`${folder}/operator.made`), Deno.errors.NotFound);
  }
  await Deno.remove(folder, { recursive: true });
});
