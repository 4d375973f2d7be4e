import { assertEquals, assertStringIncludes } from "@std/assert";
import { ready, startUp, upPlace } from "../dev/running_up.ts";

Deno.test("up › a replaced master key is taken with the one before it named, and from then on alone", async () => {
  const place = await upPlace();
  const file = `${place.dataDir}/auth/master.key`;
  const before = `${place.dataDir}/before.key`;
  const runsWith = async (env: Record<string, string>) => {
    await using up = await startUp(place, env);
    await ready(up);
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
  };
  await runsWith({});
  await Deno.copyFile(file, before);
  await Deno.writeTextFile(file, new Uint8Array(32).fill(7).toBase64());
  {
    await using up = await startUp(place);
    assertEquals(await up.exitCode, 2);
    assertStringIncludes(up.lines.at(-1) ?? "", "name it by DT_MASTER_KEY_PREVIOUS_FILE");
  }
  await runsWith({ DT_MASTER_KEY_PREVIOUS_FILE: before });
  // Keys and the services' secrets are under the new one by now: the services fetch tokens, or up isn't ready.
  await runsWith({});
  await Deno.remove(place.dataDir, { recursive: true });
});
