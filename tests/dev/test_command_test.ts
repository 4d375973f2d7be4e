import { assertEquals } from "@std/assert";
import { runStage } from "../../shared/dev/test/run_stage.ts";
import { testCounts } from "../../shared/dev/test/test_counts.ts";
import { testFiles } from "../../shared/dev/test/test_files.ts";
import { testStage } from "../../shared/dev/test/test_stage.ts";

Deno.test("test command › reads deno's report, coloured or not", () => {
  assertEquals(testCounts("ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)"), { passed: 12, failed: 0 });
  assertEquals(testCounts("\x1b[0m\x1b[31mFAILED\x1b[0m | 2 passed | 1 failed (5ms)"), {
    passed: 2,
    failed: 1,
  });
  assertEquals(testCounts("one of 2 passed | 1 failed"), undefined);
});

Deno.test("test command › slow folders come last, and not with --quick", async () => {
  const root = await Deno.makeTempDir();
  for (const file of ["e2e/join_test.ts", "auth/token_test.ts", "auth/helper.ts", "chaos/kill_test.ts"]) {
    await Deno.mkdir(`${root}/tests/${file.split("/")[0]}`, { recursive: true });
    await Deno.writeTextFile(`${root}/tests/${file}`, "");
  }
  assertEquals([...await testFiles(root, false)], [
    ["tests", ["tests/auth/token_test.ts"]],
    ["e2e", ["tests/e2e/join_test.ts"]],
    ["chaos", ["tests/chaos/kill_test.ts"]],
  ]);
  assertEquals([...(await testFiles(root, true)).keys()], ["tests"]);
});

Deno.test("test command › counts what passed and failed, and a file that does not load as a failure", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${root}/mixed_test.ts`,
    'Deno.test("good", () => {}); Deno.test("bad", () => { throw new Error("on purpose"); });',
  );
  await Deno.writeTextFile(`${root}/broken_test.ts`, 'import "./missing.ts";');
  const run = (...files: string[]) =>
    runStage({ name: "tests", args: ["test", "--no-check", ...files], tests: true }, {
      root,
      env: {},
      signal: new AbortController().signal,
      write: () => {},
    });
  assertEquals(await run("mixed_test.ts"), { success: false, counts: { passed: 1, failed: 1 } });
  assertEquals(await run("broken_test.ts"), { success: false, counts: { passed: 0, failed: 1 } });
});

Deno.test("test command › the quick tests run two files at a time, the slow ones one by one", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/tests`);
  await Deno.writeTextFile(`${root}/tests/separated.ts`, "");
  // Each waits until the other one is there.
  for (const [own, other] of [["one", "two"], ["two", "one"]]) {
    await Deno.writeTextFile(
      `${root}/${own}_test.ts`,
      `Deno.test("${own}", async (t) => {
        await t.step("waits", async () => {
          Deno.writeTextFileSync("${own}", "");
          while (!await Deno.stat("${other}").catch(() => undefined));
        });
      });`,
    );
  }
  const stage = testStage("tests", ["one_test.ts", "two_test.ts"]);
  const options = { root, env: {}, signal: new AbortController().signal, write: () => {} };
  assertEquals(await runStage(stage, options), { success: true, counts: { passed: 2, failed: 0 } });
  assertEquals(testStage("e2e", ["join_test.ts"]).args.includes("--parallel"), false);
});
