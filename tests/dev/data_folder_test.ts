import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { prepareDataFolder } from "../../shared/dev/up/data_folder.ts";
import { lockDataFolder } from "../../shared/dev/up/lock_data_folder.ts";
import { untilLeft } from "../../shared/dev/up/until_left.ts";
import { holdFolder } from "../../shared/service/held_folder.ts";
import { inTermsOfTheFile } from "../../shared/dev/up/master_key.ts";

async function prepared(
  dataDir: string,
  adminPassword?: string,
  openRegistration = true,
  databaseElsewhere = false,
) {
  const outcome = await prepareDataFolder({
    dataDir,
    databaseElsewhere,
    adminEmail: "ann@example.org",
    adminPassword,
    openRegistration,
    random: (bytes) => crypto.getRandomValues(bytes),
  });
  assert(outcome.ok);
  return outcome.value;
}

async function refusal(dataDir: string): Promise<string> {
  const outcome = await prepareDataFolder({
    dataDir,
    adminEmail: "ann@example.org",
    adminPassword: undefined,
    openRegistration: true,
    random: (bytes) => bytes,
  });
  assert(!outcome.ok);
  return outcome.message;
}

async function bootstrapIn(dataDir: string) {
  return JSON.parse(await Deno.readTextFile(`${dataDir}/auth/bootstrap.json`));
}

Deno.test("data folder › the first start makes keys and secrets that only their owner may read", async () => {
  const dataDir = `${await Deno.makeTempDir()}/data`;
  const { newOperator } = await prepared(dataDir);
  assertEquals(newOperator?.email, "ann@example.org");
  assertMatch(newOperator?.password ?? "", /^[\w-]{24}$/);
  for (
    const file of ["auth/master.key", "auth/bootstrap.json", "global/client.secret", "media/client.secret"]
  ) {
    assertEquals((await Deno.stat(`${dataDir}/${file}`)).mode, 0o100600, file);
  }
  assertEquals((await Deno.stat(dataDir)).mode, 0o040700);
  assertEquals(
    Uint8Array.fromBase64((await Deno.readTextFile(`${dataDir}/auth/master.key`)).trim()).length,
    32,
  );
  const { clients, operator, organization } = await bootstrapIn(dataDir);
  assertEquals(organization, {
    name: "Default",
    slug: "default",
    open_registration: true,
    registration_follows: true,
  });
  assertEquals(operator, newOperator);
  for (const { client_id, client_secret } of clients) {
    assertEquals((await Deno.readTextFile(`${dataDir}/${client_id}/client.secret`)).trim(), client_secret);
  }
});

Deno.test("data folder › a second start changes nothing and names no operator", async () => {
  const dataDir = await Deno.makeTempDir();
  const first = await prepared(dataDir);
  const key = await Deno.readTextFile(`${dataDir}/auth/master.key`);
  const { clients } = await bootstrapIn(dataDir);
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "a database");
  await first.operatorMade();
  const second = await prepared(dataDir);
  assertEquals(second.newOperator, undefined);
  assertEquals(await Deno.readTextFile(`${dataDir}/auth/master.key`), key);
  assertEquals((await bootstrapIn(dataDir)).clients, clients);
  assertEquals((await bootstrapIn(dataDir)).operator, undefined);
});

Deno.test("data folder › who may register is as this start says, not as the last one did", async () => {
  const dataDir = await Deno.makeTempDir();
  for (const open of [true, false, true]) {
    await prepared(dataDir, undefined, open);
    assertEquals((await bootstrapIn(dataDir)).organization.open_registration, open);
  }
});

Deno.test("data folder › an operator whom the last start did not get to make keeps their password", async () => {
  const dataDir = await Deno.makeTempDir();
  const first = await prepared(dataDir);
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "a database that may lack the operator");
  assertEquals((await prepared(dataDir)).newOperator, first.newOperator);
});

Deno.test("data folder › with the database on a server, AC says whether the operator was made", async () => {
  const dataDir = await Deno.makeTempDir();
  const start = () => prepared(dataDir, undefined, true, true);
  const made = () => Deno.writeTextFile(`${dataDir}/auth/operator.made`, "");
  const first = await start();
  await made();
  // The first start ended before it could tell the password.
  const second = await start();
  assertEquals(second.newOperator, first.newOperator);
  assertEquals(await second.operatorMade(), true);
  // AC was started without `up`, and has told nobody.
  await made();
  const third = await start();
  assertNotEquals(third.newOperator?.password, first.newOperator?.password);
  assertEquals(await third.operatorMade(), false);
  assertEquals((await bootstrapIn(dataDir)).operator, undefined);
});

Deno.test("data folder › a file of a database does not keep a server's from getting an operator", async () => {
  const dataDir = await Deno.makeTempDir();
  await (await prepared(dataDir)).operatorMade();
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "a database");
  assertEquals((await prepared(dataDir)).newOperator, undefined);
  assert((await prepared(dataDir, undefined, true, true)).newOperator !== undefined);
});

Deno.test("data folder › the operator's password can be given", async () => {
  const { newOperator } = await prepared(await Deno.makeTempDir(), "a password of mine");
  assertEquals(newOperator?.password, "a password of mine");
});

Deno.test("data folder › until there is a database, the settings of the latest start count", async () => {
  const dataDir = await Deno.makeTempDir();
  await prepared(dataDir, "a first password");
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "");
  const { newOperator } = await prepared(dataDir, "a second password");
  assertEquals(newOperator?.password, "a second password");
  assertEquals((await bootstrapIn(dataDir)).operator, newOperator);
});

Deno.test("data folder › a lost client secret is taken from what AC was given", async () => {
  const dataDir = await Deno.makeTempDir();
  await prepared(dataDir);
  const secret = await Deno.readTextFile(`${dataDir}/meeting/client.secret`);
  await Deno.remove(`${dataDir}/meeting`, { recursive: true });
  await prepared(dataDir);
  assertEquals(await Deno.readTextFile(`${dataDir}/meeting/client.secret`), secret);
});

Deno.test("data folder › a client secret whose file a crash left empty is taken from there, too", async () => {
  const dataDir = await Deno.makeTempDir();
  await prepared(dataDir);
  const file = `${dataDir}/meeting/client.secret`;
  const secret = await Deno.readTextFile(file);
  await Deno.writeTextFile(file, "");
  await prepared(dataDir);
  assertEquals([await Deno.readTextFile(file), (await Deno.stat(file)).mode], [secret, 0o100600]);
  assertEquals([...Deno.readDirSync(`${dataDir}/meeting`)].map(({ name }) => name), ["client.secret"]);
});

Deno.test("data folder › a missing master key is not replaced when there is a database that needs it", async () => {
  const dataDir = await Deno.makeTempDir();
  await prepared(dataDir);
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "a database");
  await Deno.remove(`${dataDir}/auth/master.key`);
  assertStringIncludes(await refusal(dataDir), `the master key ${dataDir}/auth/master.key is missing`);
  assertEquals(await Deno.readTextFile(`${dataDir}/auth/auth.db`), "a database");
});

Deno.test("data folder › a damaged master key is told by its file, and kept", async () => {
  const dataDir = await Deno.makeTempDir();
  await prepared(dataDir);
  const file = `${dataDir}/auth/master.key`;
  for (const damaged of ["", "c2hvcnQ=", "not base64 at all!", "A".repeat(44)]) {
    await Deno.writeTextFile(file, damaged);
    const message = await refusal(dataDir);
    assertStringIncludes(message, `the master key ${file} is damaged`);
    assertStringIncludes(message, "remove it to have one made");
    assertEquals(await Deno.readTextFile(file), damaged);
  }
  await Deno.writeTextFile(`${dataDir}/auth/auth.db`, "a database");
  assertStringIncludes(await refusal(dataDir), "put a copy back, or choose another DT_DATA_DIR");
});

Deno.test("data folder › what AC says of its master key is told by the file that up keeps it in", () => {
  const told = inTermsOfTheFile("auth: DT_MASTER_KEY is not the key that …; give that one", "/data");
  assertMatch(
    told,
    /^up: the master key \/data\/auth\/master\.key is not the one .*; put a copy of that one back/,
  );
  // `up` hands on the key before this one alone.
  assertMatch(told, /or choose another DT_DATA_DIR/);
  assertFalse(/DT_MASTER_KEY\b/.test(told));
  for (const other of ["auth: port 8081 is taken", "  | DT_MASTER_KEY", "global: DT_MASTER_KEY"]) {
    assertEquals(inTermsOfTheFile(other, "/data"), other);
  }
});

Deno.test("data folder › a folder or database that services can't write to is one line with its path and DT_DATA_DIR", async () => {
  const dataDir = await Deno.makeTempDir();
  await Deno.writeTextFile(`${dataDir}/file`, "");
  const below = await refusal(`${dataDir}/file/data`);
  assertMatch(below, /^DT_DATA_DIR is ".*\/file\/data", which can't be used: .*\/file\/data/);
  await Deno.mkdir(`${dataDir}/live/live.db`, { recursive: true });
  const database = await refusal(dataDir);
  assertMatch(database, /^DT_DATA_DIR is ".*", which can't be used: .*\/live\/live\.db'$/);
  await Deno.remove(`${dataDir}/live`, { recursive: true });
  await prepared(dataDir);
  assertEquals([...Deno.readDirSync(`${dataDir}/live`)], []);
  await Deno.mkdir(`${dataDir}/logs/.trial`);
  assertStringIncludes(await refusal(dataDir), `${dataDir}/logs/.trial`);
});

Deno.test("data folder › two installations have different secrets", async () => {
  const [one, other] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  await prepared(one);
  await prepared(other);
  assertNotEquals(
    await Deno.readTextFile(`${one}/auth/master.key`),
    await Deno.readTextFile(`${other}/auth/master.key`),
  );
});

Deno.test("data folder › is one process's at a time", async () => {
  const dataDir = await Deno.makeTempDir();
  const lock = await lockDataFolder(dataDir);
  assert(lock.ok);
  const second = await lockDataFolder(dataDir);
  assert(!second.ok);
  assertStringIncludes(second.message, "another up runs");
  lock.value.close();
  const third = await lockDataFolder(dataDir);
  assert(third.ok);
  third.value.close();
});

Deno.test("data folder › is left once every service that runs with it has ended", async () => {
  const dataDir = await Deno.makeTempDir();
  let waited = 0;
  const left = (patienceMs: number) =>
    untilLeft(dataDir, { patienceMs, signal: new AbortController().signal, onWaiting: () => waited++ });
  assertEquals(await left(0), undefined);
  await prepared(dataDir);
  const [one, two, other] = [
    await holdFolder(`${dataDir}/meeting`),
    await holdFolder(`${dataDir}/meeting`),
    await holdFolder(`${dataDir}/media`),
  ];
  assertEquals(await left(0), "meeting");
  one?.close();
  assertEquals(await left(0), "meeting");
  two?.close();
  assertEquals([await left(0), waited], ["media", 0]);
  const leaving = left(60_000);
  other?.close();
  assertEquals(await leaving, undefined);
  const aborted = await holdFolder(`${dataDir}/auth`);
  const stopping = new AbortController();
  const onWaiting = () => stopping.abort(new Error("somebody stops it"));
  await assertRejects(
    () => untilLeft(dataDir, { patienceMs: 60_000, signal: stopping.signal, onWaiting }),
    Error,
    "somebody stops it",
  );
  aborted?.close();
});
