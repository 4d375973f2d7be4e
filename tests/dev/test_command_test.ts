import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import { groupFiles } from "../../shared/dev/test/group_files.ts";
import { runStage } from "../../shared/dev/test/run_stage.ts";
import { runTests } from "../../shared/dev/test/run_tests.ts";
import { testCounts } from "../../shared/dev/test/test_counts.ts";
import { parseTestCommand } from "../../shared/dev/test/test_command.ts";
import { testFiles } from "../../shared/dev/test/test_files.ts";
import { testStage } from "../../shared/dev/test/test_stage.ts";

Deno.test("test command › reads deno's report, coloured or not", () => {
  assertEquals(testCounts("ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)"), {
    passed: 12,
    failed: 0,
  });
  assertEquals(testCounts("\x1b[0m\x1b[31mFAILED\x1b[0m | 2 passed | 1 failed (5ms)"), {
    passed: 2,
    failed: 1,
  });
  assertEquals(testCounts("one of 2 passed | 1 failed"), undefined);
});

Deno.test("test command › tests of services come after the quick ones, slow folders last; --quick leaves out both", async () => {
  const root = await Deno.makeTempDir();
  for (
    const file of [
      "e2e/join_test.ts",
      "auth/token_test.ts",
      "auth/helper.ts",
      "meeting/shard/flood_test.ts",
      "meeting/state/mute_test.ts",
      "chaos/kill_test.ts",
      "faults/restart_test.ts",
      "page/lobby_test.ts",
    ]
  ) {
    await Deno.mkdir(dirname(`${root}/tests/${file}`), { recursive: true });
    await Deno.writeTextFile(`${root}/tests/${file}`, "");
  }
  assertEquals([...await testFiles(root, false)], [
    ["quick", ["tests/meeting/state/mute_test.ts"]],
    ["services", ["tests/auth/token_test.ts", "tests/meeting/shard/flood_test.ts"]],
    ["faults", ["tests/faults/restart_test.ts"]],
    ["page", ["tests/page/lobby_test.ts"]],
    ["e2e", ["tests/e2e/join_test.ts"]],
    ["chaos", ["tests/chaos/kill_test.ts"]],
  ]);
  assertEquals([...(await testFiles(root, true)).keys()], ["quick"]);
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
  assertEquals(await run("mixed_test.ts"), {
    success: false,
    counts: { passed: 1, failed: 1 },
    failed: [{ file: "./mixed_test.ts", test: "bad" }, { file: "./mixed_test.ts", test: "bad" }],
  });
  assertEquals(await run("broken_test.ts"), {
    success: false,
    counts: { passed: 0, failed: 1 },
    failed: [],
  });
});

Deno.test("test command › a test that hangs ends its stage, whatever Deno says of it meanwhile", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${root}/hung_test.ts`,
    `Deno.test("hung", async () => {
      for (;;) {
        console.log("'hung' has been running for over (1s)");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });`,
  );
  const written: string[] = [];
  const result = await runStage(
    { name: "tests", args: ["test", "--no-check", "hung_test.ts"], tests: true },
    {
      root,
      env: {},
      signal: new AbortController().signal,
      stuckMs: 3_000,
      write: (text) => void written.push(text),
    },
  );
  assertEquals(result, { success: false, counts: { passed: 0, failed: 1 }, failed: [] });
  assertStringIncludes(written.join(""), "tests: nothing was heard of a test for 3.0 s, so it is ended");
});

Deno.test("test command › quick tests, services, random sequences, deployments, scenarios and faults run two files at a time, the rest one by one", async () => {
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
  const stage = testStage("quick", ["one_test.ts", "two_test.ts"]);
  const options = { root, env: {}, signal: new AbortController().signal, write: () => {} };
  assertEquals(await runStage(stage, options), {
    success: true,
    counts: { passed: 2, failed: 0 },
    failed: [],
  });
  const runsTwo = (name: string) => testStage(name, ["join_test.ts"]).args.includes("--parallel");
  assertEquals(["services", "random", "deploy", "scenarios", "faults", "page", "e2e", "chaos"].map(runsTwo), [
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("test command › what failed is tried once more, and counted; where much fails there is one try", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/tests`);
  await Deno.writeTextFile(`${root}/tests/separated.ts`, "");
  const file = async (name: string, code: string) => {
    await Deno.writeTextFile(`${root}/${name}_test.ts`, `Deno.test("${name}", () => { ${code} });`);
    return `${name}_test.ts`;
  };
  const fine = await file("fine", "");
  const moody = await file(
    "moody",
    `try { Deno.mkdirSync("tried"); } catch { return; } throw new Error("on purpose");`,
  );
  const broken = await Promise.all(
    ["a", "b", "c", "d"].map((name) => file(name, `throw new Error("${name}")`)),
  );
  const written: string[] = [];
  const run = (paths: readonly string[]) =>
    runTests("e2e", paths, undefined, {
      root,
      env: {},
      signal: new AbortController().signal,
      write: (text) => void written.push(text),
    });
  assertEquals(await run([fine, moody]), { success: true, counts: { passed: 2, failed: 0 }, flaky: 1 });
  assertStringIncludes(written.join(""), "on purpose");
  assertStringIncludes(written.join(""), "e2e: tried again: ./moody_test.ts\n");
  // A file that doesn't load counts as well, though no test of it is named.
  await Deno.remove(`${root}/tried`);
  await Deno.writeTextFile(`${root}/unloadable_test.ts`, 'throw new Error("outside");');
  assertEquals((await run([moody, "unloadable_test.ts"])).success, false);
  const [one = ""] = broken;
  assertEquals(await run([fine, one]), { success: false, counts: { passed: 1, failed: 1 }, flaky: 0 });
  written.length = 0;
  const { counts } = await run([fine, ...broken]);
  assertEquals(counts, { passed: 1, failed: 4 });
  assertEquals(written.join("").includes("tried again"), false);
});

Deno.test("test command › of tests that another file registers those that failed are tried once more", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/tests`);
  await Deno.writeTextFile(`${root}/tests/separated.ts`, "");
  await Deno.writeTextFile(
    `${root}/play.ts`,
    `export const play = (name, act) => Deno.test("play (all) › " + name, (t) => t.step("acts", act));`,
  );
  const file = async (name: string, code: string) => {
    const text = `import { play } from "./play.ts"; play("${name}", () => { ${code} });`;
    await Deno.writeTextFile(`${root}/${name}_test.ts`, text);
    return `${name}_test.ts`;
  };
  const fine = await file("fine", `Deno.writeTextFileSync("${root}/acts", "x", { append: true });`);
  const moody = await file(
    "moody",
    `try { Deno.mkdirSync("tried"); } catch { return; } throw new Error("on purpose");`,
  );
  const broken = await file("broken", `throw new Error("on purpose");`);
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const run = (...paths: string[]) =>
    runTests("e2e", paths, undefined, { root, env: {}, signal: new AbortController().signal, write });
  assertEquals(await run(fine, moody), { success: true, counts: { passed: 2, failed: 0 }, flaky: 1 });
  assertStringIncludes(written.join(""), "e2e: tried again: play (all) › moody\n");
  assertEquals(await Deno.readTextFile(`${root}/acts`), "x");
  assertEquals(await run(fine, broken), { success: false, counts: { passed: 1, failed: 1 }, flaky: 0 });
});

Deno.test("test command › quick tests load their modules once for a group of files, and name the file that failed", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/tests/auth/keys`, { recursive: true });
  const file = async (path: string, code: string) => {
    await Deno.writeTextFile(`${root}/${path}`, code);
    return path;
  };
  await file("tests/separated.ts", "");
  await file("tests/auth/counted.ts", `Deno.writeTextFileSync("loads", "x", { append: true });`);
  const paths = await Promise.all([
    file("tests/auth/a_test.ts", `import "./counted.ts"; Deno.test("a", () => {});`),
    file(
      "tests/auth/keys/b_test.ts",
      `import "../counted.ts"; Deno.test("b", () => { throw new Error("b"); });`,
    ),
    file("tests/c_test.ts", `Deno.test("c", () => {});`),
  ]);
  const written: string[] = [];
  const options = { root, env: {}, signal: new AbortController().signal };
  const write = (text: string) => void written.push(text);
  const result = await runTests("quick", paths, undefined, { ...options, write });
  assertEquals(result, { success: false, counts: { passed: 2, failed: 1 }, flaky: 0 });
  assertStringIncludes(written.join(""), "quick: tried again: ./tests/auth/keys/b_test.ts\n");
  // Once for the group, and once for the file that was tried again.
  assertEquals(await Deno.readTextFile(`${root}/loads`), "xx");
});

Deno.test("test command › of the tests through all services those that share a deployment are grouped, and no other", async () => {
  const root = await Deno.makeTempDir();
  await Deno.mkdir(`${root}/tests/e2e`, { recursive: true });
  const file = async (path: string, code: string) => {
    await Deno.writeTextFile(`${root}/${path}`, code);
    return path;
  };
  await file("tests/separated.ts", "");
  await file("tests/e2e/shared_stack.ts", `Deno.writeTextFileSync("starts", "x", { append: true });`);
  await file("tests/e2e/stack.ts", `Deno.writeTextFileSync("own", "x", { append: true });`);
  const paths = await Promise.all([
    file("tests/e2e/a_test.ts", `import "./shared_stack.ts"; Deno.test("a", () => {});`),
    file("tests/e2e/b_test.ts", `import "./stack.ts"; Deno.test("b", () => {});`),
    file("tests/e2e/c_test.ts", `import "./shared_stack.ts"; Deno.test("c", () => {});`),
    file("tests/e2e/d_test.ts", `import "./stack.ts"; Deno.test("d", () => {});`),
  ]);
  const options = { root, env: {}, signal: new AbortController().signal, write: () => {} };
  const { success, counts } = await runTests("e2e", paths, undefined, options);
  assertEquals([success, counts], [true, { passed: 4, failed: 0 }]);
  assertEquals(await Deno.readTextFile(`${root}/starts`), "x");
  assertEquals(await Deno.readTextFile(`${root}/own`), "xx");
});

Deno.test("test command › a group has a dozen files of one folder at most, as even as they come", () => {
  const files = (folder: string, count: number) =>
    Array.from({ length: count }, (_, index) => `tests/${folder}${index}_test.ts`);
  const groups = groupFiles([...files("", 1), ...files("auth/", 13), ...files("auth/keys/", 1)]);
  const sizes = [...groups].map(([name, { length }]) => [name, length]);
  assertEquals(sizes, [["tests_1", 1], ["auth_1", 7], ["auth_2", 7]]);
});

Deno.test("test command › takes a part of a path and a text of the tests' names", () => {
  const all = { quick: false, path: undefined, name: undefined };
  assertEquals(parseTestCommand([]), all);
  assertEquals(parseTestCommand(["--quick", "auth"]), { ...all, quick: true, path: "auth" });
  assertEquals(parseTestCommand(["--filter", "host mute", "e2e"]), {
    ...all,
    path: "e2e",
    name: "host mute",
  });
  assertEquals(parseTestCommand(["e2e", "--filter=-1 is refused"]), {
    ...all,
    path: "e2e",
    name: "-1 is refused",
  });
  assertEquals(parseTestCommand(["--help"]), "help");
  const wrong = [["--fast"], ["a", "b"], ["--filter"], ["--filter="], ["--quick=yes"]].map(parseTestCommand);
  assertEquals(wrong.filter((command) => command === "help" || !("wrong" in command)), []);
});

/** Runs `deno task test` of this checkout with these arguments. */
async function testTask(...args: string[]) {
  const task = ["task", "--quiet", "test", ...args];
  const root = new URL("../..", import.meta.url);
  const command = new Deno.Command(Deno.execPath(), { args: task, cwd: root, env: { NO_COLOR: "1" } });
  const { code, stdout, stderr } = await command.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("test command › --filter runs the tests of that name alone, and no set-up", async () => {
  const { code, text } = await testTask("--filter", "reads deno's report", "test_command");
  assertEquals(code, 0);
  // The first line is the first stage's: nothing was set up before.
  assertEquals(text.trimStart().split("\n")[0], "── services");
  assertStringIncludes(text, "\n1 passed, 0 failed\n");
});

Deno.test("test command › a name that no test has is an error", async () => {
  const { code, text } = await testTask(
    "--filter",
    ["no", "test", "is", "called", "so"].join("-"),
    "test_command",
  );
  assertEquals(code, 1);
  assertStringIncludes(text, 'no test has "no-test-is-called-so" in its name');
});
