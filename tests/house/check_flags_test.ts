import { assertEquals } from "@std/assert";
import { checkProgram, checkScript } from "./check_flags.ts";
import { readFolders, readScripts, services } from "./read_files.ts";

Deno.test("house › no task, recipe or script gives every permission", async () => {
  const scripts = await readScripts();
  assertEquals(scripts.some(({ path }) => path === "deno.json"), true);
  assertEquals(scripts.flatMap(checkScript), []);
});

Deno.test("house › no program starts another with every permission", async () => {
  const files = await readFolders([...services, "shared"]);
  // Set-up is a developer's tool: building the media worker runs a tool chain that it can't name beforehand.
  const started = files.filter(({ path }) => !path.startsWith("shared/dev/setup/"));
  assertEquals(started.flatMap(checkProgram), []);
});

Deno.test("house › flags that are too wide are found in scripts", () => {
  const check = (text: string) => checkScript({ path: "x", text });
  for (const flag of ["-A", "--allow-all", "--allow-run", "--allow-ffi", "-RA"]) {
    assertEquals(check(`"auth": "deno run ${flag} auth/main.ts",`), [`x gives ${flag}`]);
    assertEquals(check(`ENTRYPOINT ["deno", "run", "${flag}", "auth/main.ts"]`), [`x gives ${flag}`]);
    assertEquals(check(`"test": "deno test -A && deno run ${flag} a.ts"`), [`x gives ${flag}`]);
  }
  const scoped =
    "deno run --allow-run=/bin/worker --allow-ffi=./node_modules --allow-read=. -R=a auth/main.ts";
  assertEquals(check(scoped), []);
  assertEquals(check(`"test": "deno test -A --parallel tests/"`), []);
  assertEquals(check("# never with -A"), []);
  assertEquals(check(`"bench": "deno run -A tests/bench/main.ts"`), []);
  assertEquals(check(`"up": "deno run --allow-run shared/dev/up/main.ts"`), []);
  assertEquals(check(`"up": "deno run -A shared/dev/up/main.ts"`), ["x gives -A"]);
  assertEquals(check(`"up": "deno run --allow-ffi shared/dev/up/main.ts"`), ["x gives --allow-ffi"]);
});

Deno.test("house › flags that are too wide are found in programs", () => {
  const check = (text: string) => checkProgram({ path: "x.ts", text });
  assertEquals(check(`const flags = ["--allow-net=a", "-A"];`), ["x.ts gives -A"]);
  assertEquals(check(`const flags = ["run", "-A"];`), ["x.ts gives -A"]);
  assertEquals(check(`const flags = ["test", "-A"];`), []);
  assertEquals(check("const flags = `run --allow-ffi ${main}`;"), ["x.ts gives --allow-ffi"]);
  assertEquals(check("// never -A\nconst flags = [`--allow-ffi=${library}`, `--allow-run=${program}`];"), []);
});
