import { assert, assertEquals } from "@std/assert";
import { checkBrowsers, filesOfPage } from "./check_browsers.ts";
import { readFolders } from "./read_files.ts";

Deno.test("house › the page uses nothing that the oldest promised browsers lack", async () => {
  const files = filesOfPage(await readFolders(["global/web", "shared"]), "global/web/main.tsx");
  const paths = files.map(({ path }) => path);
  for (const path of ["shared/client/session.ts", "shared/protocol/signaling.ts", "shared/actor/clock.ts"]) {
    assert(paths.includes(path), `${path} is not among the page's files`);
  }
  assertEquals(files.flatMap(checkBrowsers).map(({ text }) => text), []);
});

const isTooNew = (text: string) => checkBrowsers({ path: "a.ts", text }).length > 0;

Deno.test("house › what is newer than the oldest promised browsers is found", () => {
  const newer = [
    `live.values().some((one) => one.isOpen);`,
    `live.keys().map(String);`,
    `this.#live.entries().toArray();`,
    `live?.values().find(isOpen);`,
    `live.values()?.forEach(close);`,
    `text.matchAll(/a/g).map(String);`,
    `names.union(others);`,
    `new Set(names).difference(others);`,
    `if (names.isSubsetOf(others)) go();`,
    `const made = Promise.try(work);`,
    `const { length } = await Array.fromAsync(source);`,
    `new RegExp(RegExp.escape(text));`,
    `Iterator.from(live);`,
    `bytes.toBase64();`,
    `Uint8Array.fromHex(text);`,
    `const id = crypto.randomUUID();`,
    `const attempt = globalThis.Promise.try;`,
  ];
  assertEquals(newer.filter((text) => !isTooNew(text)), []);
  assertEquals(checkBrowsers({ path: "a.ts", text: `\nlive.values().some(isOpen);` }), [
    { path: "a.ts", text: "a.ts:2 uses .some of an iterator" },
  ]);
});

Deno.test("house › what they have is not", () => {
  const known = [
    `[...live.values()].some((one) => one.isOpen);`,
    `Array.from(live.values()).map(String);`,
    `Object.values(live).some((one) => one.isOpen);`,
    `Object.entries(live).map(String);`,
    `live.values().next();`,
    `for (const one of live.keys()) close(one);`,
    `live.forEach(close);`,
    `z.union([z.string(), z.number()]);`,
    `Promise.withResolvers();`,
    `Array.from(live);`,
  ];
  assertEquals(known.filter(isTooNew), []);
});

Deno.test("house › a page's files are its script and what that imports, also by way of others", () => {
  const files = [
    { path: "web/main.tsx", text: `import { a } from "./a.ts";` },
    { path: "web/a.ts", text: `import "../shared/b.ts"; export const a = 1;` },
    { path: "shared/b.ts", text: `import "../web/main.tsx"; import "preact";` },
    { path: "web/serve.ts", text: `import "../shared/b.ts";` },
  ];
  assertEquals(filesOfPage(files, "web/main.tsx").map(({ path }) => path), [
    "web/main.tsx",
    "web/a.ts",
    "shared/b.ts",
  ]);
});
