import { assert, assertEquals } from "@std/assert";
import { ROTATION_STEPS } from "../../auth/keys/rotation_steps.ts";
import { databaseKinds } from "../store/databases.ts";
import { fuzz, fuzzTargets } from "../auth/drills/fuzz.ts";
import { ROUTES } from "../auth/drills/shots.ts";
import { killWhileRotating } from "../auth/drills/kills.ts";
import { rotateUnderLoad } from "../auth/drills/rotation.ts";
import { startAuth } from "../auth/start_auth.ts";
import { readFolders } from "../house/read_files.ts";

Deno.test("fuzz › shoots at every route that AC declares", async () => {
  const declared: string[] = [];
  for (const { text } of await readFolders(["auth"], /_routes\.ts$/)) {
    const base = /^const PATH = "(.*)";$/m.exec(text)?.[1] ?? "";
    if (base !== "") declared.push(base);
    for (const [, path = ""] of text.matchAll(/\bpath: ["`](.+)["`],/g)) {
      declared.push(path.replace("${PATH}", base));
    }
  }
  assert(declared.length > 15);
  assertEquals(declared.filter((path) => !(path in ROUTES)), []);
});

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `fuzz on ${name} › whatever comes is answered as documented, and AC goes on`,
    ignore,
    async fn() {
      await using database = await create();
      const { location } = database;
      await using auth = await startAuth(
        location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {},
        { workers: true },
      );
      const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
      const { wrong, statuses } = await fuzz(auth.url, await fuzzTargets(auth.url), 1500, seed);
      assertEquals(wrong, [], `seed ${seed}`);
      for (const status of [200, 201, 400, 401, 403]) {
        assert((statuses.get(status) ?? 0) > 0, `no ${status}, seed ${seed}`);
      }
      const alive = await fetch(`${auth.url}/ready`);
      assertEquals(alive.status, 200);
      await alive.body?.cancel();
    },
  });

  Deno.test({
    name:
      `rotation on ${name} › under load on two processes no valid token is refused and no forged one accepted`,
    ignore,
    async fn() {
      await using database = await create();
      const { keys, refused, accepted, forged, issued } = await rotateUnderLoad(3, 4, database.location);
      assertEquals([[...refused], [...accepted]], [[], []]);
      assert(keys >= 3 && forged > 0 && issued > 0);
    },
  });

  Deno.test({
    name: `rotation on ${name} › AC killed at any of its steps comes back with the old or the new state`,
    ignore,
    async fn() {
      await using database = await create();
      const { wrong, tokens, kills } = await killWhileRotating(ROTATION_STEPS.length, database.location);
      assertEquals([wrong, tokens, kills.size], [[], 2 * ROTATION_STEPS.length, ROTATION_STEPS.length]);
    },
  });
}
