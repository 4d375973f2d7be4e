import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ready, startUp, upPlace } from "../dev/running_up.ts";
import type { Supervised } from "../dev/supervised.ts";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "../e2e/participant.ts";
import { seeAndHearEachOther } from "../e2e/see_and_hear.ts";
import { createPostgresDatabase } from "../store/databases.ts";
import { startRedis } from "../store/live/redis_server.ts";

const operatorLines = (up: Supervised) => up.lines.filter((line) => line.startsWith("operator: "));

async function stop(up: Supervised): Promise<void> {
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
}

async function databasesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await databasesIn(`${folder}/${name}`));
    else if (/\.db/.test(name)) found.push(`${folder}/${name}`);
  }
  return found;
}

Deno.test("up › on PostgreSQL and Redis people meet in browsers, and the next start knows the meeting", async () => {
  await using database = await createPostgresDatabase();
  await using redis = await startRedis();
  const place = await upPlace();
  const origin = `http://localhost:${place.port}`;
  const env = {
    DT_DATABASE_URL: database.url,
    DT_LIVE_STORE_URL: `${redis.url}?prefix=tower:`,
    DT_CONTROLLERS: "2",
    DT_AUTH_CONTROLLERS: "2",
  };
  const media = await Deno.makeTempDir({ prefix: "dark-tower-media-" });
  await using browsers = browsersIn(media);
  const [ann, bob] = await Promise.all([
    browsers.open("Ann", looks.red),
    browsers.open("Bob", looks.green),
  ]);
  let path: string;
  {
    await using up = await startUp(place, env);
    await ready(up);
    assertMatch(operatorLines(up).join(), /^operator: \S+, password: \S+ \(shown only now\)$/);
    await register(ann, origin);
    path = await createMeeting(ann, "On servers", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ann);
    await joinMeeting(bob, `${origin}${path}`);
    await seeAndHearEachOther([ann, bob]);
    assert((await redis.keys()).some((key) => key.startsWith("tower:lease:")));
    assertEquals(await databasesIn(place.dataDir), []);
    await Promise.all([ann, bob].map(({ page }) => page.getByTestId("leave").click()));
    await stop(up);
  }
  {
    await using up = await startUp(place, env);
    await ready(up);
    assertEquals(operatorLines(up), []);
    await Promise.all([ann, bob].map((participant) => joinMeeting(participant, `${origin}${path}`)));
    await seeAndHearEachOther([ann, bob]);
    await stop(up);
  }
  // The keys in the database are sealed with the first folder's master key.
  await using other = await startUp(await upPlace(), env);
  assertEquals(await other.exitCode, 2);
  assertStringIncludes(
    other.lines.join("\n"),
    "is not the one that the database's signing keys are sealed with",
  );
  assertEquals(operatorLines(other), []);
  await Deno.remove(media, { recursive: true });
});

Deno.test("up › a data folder that had files makes the first operator of a PostgreSQL database", async () => {
  await using database = await createPostgresDatabase();
  const place = await upPlace();
  const env: Record<string, string>[] = [{}, { DT_DATABASE_URL: database.url }];
  for (const settings of env) {
    await using up = await startUp(place, settings);
    await ready(up);
    const [, email, password] = /^operator: (\S+), password: (\S+) /.exec(operatorLines(up).join()) ?? [];
    const login = await fetch(`http://localhost:${place.port}/api/v1/auth/user/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    await login.body?.cancel();
    assertEquals(login.status, 200);
    await stop(up);
  }
});
