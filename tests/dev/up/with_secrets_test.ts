import { assert, assertEquals } from "@std/assert";
import { SECRETS_PASSED_ON } from "../../../shared/dev/passed_on.ts";
import { serviceProcesses } from "../../../shared/dev/services.ts";
import { withSecrets } from "../../../shared/dev/up/with_secrets.ts";
import { aPlan, SOME_PATHS } from "../a_plan.ts";
import { startUp, upPlace } from "../running_up.ts";
import { superviseTask } from "../supervised.ts";

const files: Record<string, string> = {
  "/run/database.url": "postgres://ac@db.internal/ac\n",
  "/run/live_store.url": "redis://live.internal:6379\n",
  "/run/empty": "\n",
};
const readFile = (path: string) => {
  const text = files[path];
  if (text === undefined) throw new Deno.errors.NotFound("No such file");
  return text;
};

Deno.test("secrets of up › a file's value is handed on, and counts for what the services may reach", () => {
  const read = withSecrets({
    DT_DATABASE_URL_FILE: "/run/database.url",
    DT_LIVE_STORE_URL_FILE: "/run/live_store.url",
    DT_METRICS_TOKEN: "a token",
    DT_TURN_SECRET: "",
    DT_LOG_LEVEL: "debug",
  }, readFile);
  assert(read.ok);
  assertEquals(read.value, {
    DT_DATABASE_URL: "postgres://ac@db.internal/ac",
    DT_LIVE_STORE_URL: "redis://live.internal:6379",
    DT_METRICS_TOKEN: "a token",
    DT_LOG_LEVEL: "debug",
  });
  const processes = serviceProcesses(aPlan(), SOME_PATHS, read.value);
  const [auth, global] = processes;
  assertEquals(auth?.env.DT_DATABASE_URL, "postgres://ac@db.internal/ac");
  assert(auth?.args.some((arg) => arg.startsWith("--allow-net=") && arg.includes("db.internal:5432")));
  assert(global?.args.some((arg) => arg.startsWith("--allow-net=") && arg.includes("live.internal:6379")));
});

Deno.test("secrets of up › one that is set twice, that can't be read or that is empty is refused in one line", () => {
  for (const name of SECRETS_PASSED_ON) {
    const refused = (env: Record<string, string>) => {
      const read = withSecrets(env, readFile);
      return read.ok ? "" : read.message;
    };
    assertEquals(
      refused({ [name]: "a", [`${name}_FILE`]: "/run/database.url" }),
      `${name} and ${name}_FILE are both set; only one of them may be`,
    );
    assertEquals(
      refused({ [`${name}_FILE`]: "/nowhere" }),
      `${name}_FILE is "/nowhere", which can't be read: No such file`,
    );
    assertEquals(
      refused({ [`${name}_FILE`]: "/run/empty" }),
      `${name} is set, but not usable; it must be a text that is not empty`,
    );
  }
});

Deno.test("secrets of up › up and prepare refuse a file that isn't there with exit code 2", async () => {
  const env = { DT_DATABASE_URL_FILE: "/nowhere/database.url" };
  const place = await upPlace();
  await using up = await startUp(place, env);
  await using prepare = superviseTask(["prepare"], { ...env, DT_DATA_DIR: place.dataDir });
  for (const [name, { exitCode, lines }] of Object.entries({ up, prepare })) {
    assertEquals(await exitCode, 2);
    assertEquals(lines.length, 1);
    assert(
      lines[0]?.startsWith(`${name}: DT_DATABASE_URL_FILE is "/nowhere/database.url", which can't be read`),
    );
  }
  assertEquals([...Deno.readDirSync(place.dataDir)], []);
  await Deno.remove(place.dataDir);
});

Deno.test("secrets of up › the services look for their database where the file says", async () => {
  const place = await upPlace();
  const file = `${place.dataDir}/database.url`;
  await Deno.writeTextFile(file, "postgres://ac@127.0.0.1:1/ac\n");
  await using up = await startUp(place, { DT_DATABASE_URL_FILE: file });
  assertEquals(await up.exitCode, 2);
  assert(
    up.lines.some((line) => /^(auth|global): the database ac at 127\.0\.0\.1:1 /.test(line)),
    up.lines.join("\n"),
  );
  await Deno.remove(place.dataDir, { recursive: true });
});

Deno.test("secrets of up › with the database in a file's address the data folder needs no master key for one beside it", async () => {
  const place = await upPlace();
  const database = `${place.dataDir}/auth/auth.db`;
  await Deno.mkdir(`${place.dataDir}/auth`);
  // What is left of a deployment before it moved to PostgreSQL.
  await Deno.writeTextFile(database, "an old database");
  const file = `${place.dataDir}/database.url`;
  await Deno.writeTextFile(file, "postgres://ac@db.internal/ac\n");
  await using without = superviseTask(["prepare"], { DT_DATA_DIR: place.dataDir });
  assertEquals(await without.exitCode, 2);
  await using prepare = superviseTask(["prepare"], {
    DT_DATA_DIR: place.dataDir,
    DT_DATABASE_URL_FILE: file,
  });
  assertEquals(await prepare.exitCode, 0, prepare.lines.join("\n"));
  await Deno.remove(place.dataDir, { recursive: true });
});
