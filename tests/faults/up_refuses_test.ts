import { assertEquals, assertStringIncludes } from "@std/assert";
import { ready, startUp, upPlace } from "../dev/running_up.ts";

Deno.test("up › a taken port is one line and exit code 2", async () => {
  const place = await upPlace();
  using _holder = Deno.listen({ hostname: "127.0.0.1", port: place.port + 1 });
  await using up = await startUp(place);
  assertEquals(await up.exitCode, 2);
  assertEquals(up.lines, [
    `up: TCP port ${place.port + 1} on 127.0.0.1 (auth controller) is taken; DT_PORT chooses others`,
  ]);
});

Deno.test("up › a setting that can't be is one line and exit code 2", async () => {
  for (const [name, text] of [["DT_TRUSTED_PROXIES", "10.0.0.0/33"], ["DT_DATA_DIR", "/tmp/a,b"]] as const) {
    await using up = await startUp(await upPlace(), { [name]: text });
    assertEquals(await up.exitCode, 2);
    const said = up.lines.filter((line) => line.includes(`${name} is "${text}"`));
    assertEquals(said.length, 1, up.lines.join("\n"));
    assertEquals(up.lines.filter((line) => /^\s+at /.test(line)), []);
  }
});

Deno.test("up › pipes on a media port are one line and exit code 2, before anything is started", async () => {
  await using up = await startUp(await upPlace(), { DT_PIPE_PORTS: "1024-65535" });
  assertEquals(await up.exitCode, 2);
  assertEquals(up.lines.length, 1, up.lines.join("\n"));
  assertStringIncludes(
    up.lines[0] ?? "",
    'up: DT_PIPE_PORTS is "1024-65535"; it must have none of the media',
  );
});

Deno.test("up › a second one with the same data folder is refused", async () => {
  const place = await upPlace();
  await using up = await startUp(place);
  await ready(up);
  await using second = await startUp({ ...await upPlace() }, { DT_DATA_DIR: place.dataDir });
  assertEquals(await second.exitCode, 2);
  assertEquals(second.lines.length, 1);
  assertStringIncludes(second.lines[0] ?? "", "another up runs");
  up.kill("SIGTERM");
  assertEquals(await up.exitCode, 0);
});

Deno.test("up › a worker that is none is one line and exit code 2", async () => {
  const place = await upPlace();
  await using up = await startUp(place, { MEDIASOUP_WORKER_BIN: "/nowhere/mediasoup-worker" });
  assertEquals(await up.exitCode, 2);
  assertStringIncludes(up.lines.at(-1) ?? "", 'MEDIASOUP_WORKER_BIN is "/nowhere/mediasoup-worker"');
});

Deno.test("up › a damaged database, a missing or a wrong master key is one line and exit code 2, and nothing is overwritten", async () => {
  const place = await upPlace();
  const database = `${place.dataDir}/auth/auth.db`;
  {
    await using up = await startUp(place);
    await ready(up);
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
  }
  const key = await Deno.readTextFile(`${place.dataDir}/auth/master.key`);
  await Deno.remove(`${place.dataDir}/auth/master.key`);
  {
    await using up = await startUp(place);
    assertEquals(await up.exitCode, 2);
    assertEquals(up.lines.length, 1);
    assertStringIncludes(up.lines[0] ?? "", "master.key is missing");
  }
  await Deno.writeTextFile(`${place.dataDir}/auth/master.key`, new Uint8Array(32).fill(7).toBase64());
  {
    await using up = await startUp(place);
    assertEquals(await up.exitCode, 2);
    assertStringIncludes(
      up.lines.at(-1) ?? "",
      `up: the master key ${place.dataDir}/auth/master.key is not the one`,
    );
  }
  await Deno.writeTextFile(`${place.dataDir}/auth/master.key`, key);
  const damaged = new Uint8Array(8192).fill(0x55);
  await Deno.writeFile(database, damaged);
  await using up = await startUp(place);
  assertEquals(await up.exitCode, 2);
  assertStringIncludes(up.lines.at(-1) ?? "", "auth.db");
  assertEquals(await Deno.readFile(database), damaged);
});
