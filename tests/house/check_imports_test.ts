import { assertEquals } from "@std/assert";
import { checkImports } from "./check_imports.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › imports point one way", async () => {
  const files = await readFolders([...services, "shared"]);
  assertEquals(files.flatMap(checkImports), []);
});

Deno.test("house › every kind of reference against the direction is found", () => {
  const text = [
    `import { a } from "../media/a.ts";`,
    `import type { B } from "../media/b.ts";`,
    `export * from "../media/c.ts";`,
    `export { d } from "../media/d.ts";`,
    `const e = await import("../media/e.ts");`,
    `type F = import("../media/f.ts").F;`,
    `const g = new URL("../media/g.ts", import.meta.url);`,
    `new Worker(new URL(\`../media/h.ts\`, import.meta.url), { type: "module" });`,
    `const i = import.meta.resolve("../media/i.ts");`,
    `new Worker("../media/j.ts");`,
    `const k = await import(name);`,
    `import "../tests/l.ts";`,
  ].join("\n");
  const found = checkImports({ path: "meeting/main.ts", text });
  const names = "abcdefghij".split("");
  assertEquals(found, [
    ...names.map((name, index) => `meeting/main.ts:${index + 1} refers to media/${name}.ts`),
    "meeting/main.ts:11 refers to a module that only running it tells",
    "meeting/main.ts:12 refers to tests/l.ts",
  ]);
});

Deno.test("house › what each folder may refer to", () => {
  const refers = (path: string, specifier: string) =>
    checkImports({ path, text: `import "${specifier}";` }).length === 0;
  const allowed: [string, string][] = [
    ["auth/routes/login.ts", "../actors/sessions.ts"],
    ["auth/routes/login.ts", "../../shared/http/mod.ts"],
    ["auth/main.ts", "npm:zod"],
    ["auth/main.ts", "zod"],
    ["shared/store/a.ts", "../actor/mod.ts"],
    ["shared/actor/a.ts", "./b.ts"],
    ["shared/actor/a.ts", "@std/async"],
  ];
  const refused: [string, string][] = [
    ["auth/routes/login.ts", "../../global/main.ts"],
    ["auth/routes/login.ts", "../../tests/kit.ts"],
    ["shared/store/a.ts", "../../auth/main.ts"],
    ["shared/actor/a.ts", "../log/mod.ts"],
    ["shared/actor/a.ts", "../../auth/main.ts"],
  ];
  assertEquals(allowed.filter(([from, to]) => !refers(from, to)), []);
  assertEquals(refused.filter(([from, to]) => refers(from, to)), []);
});
