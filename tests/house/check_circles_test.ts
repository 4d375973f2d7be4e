import { assertEquals } from "@std/assert";
import { checkFileCircles, checkRoomCircles } from "./check_circles.ts";
import { except } from "./except.ts";
import { fileCircles, roomCircles } from "./exceptions.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › no file imports itself by way of others", async () => {
  const folders = await Promise.all([...services, "shared"].map((folder) => readFolders([folder])));
  // The kernel of the actors is one thing in many files: a cell spawns its children, and a child is a cell.
  const checked = folders.map((files) => files.filter(({ path }) => !path.startsWith("shared/actor/")));
  assertEquals(except(checked.flatMap(checkFileCircles), fileCircles), []);
});

Deno.test("house › no room imports itself by way of others", async () => {
  const folders = await Promise.all(services.map((service) => readFolders([service])));
  assertEquals(except(folders.flatMap(checkRoomCircles), roomCircles), []);
});

const filesOf = (imports: Readonly<Record<string, string>>) =>
  Object.entries(imports).map(([path, text]) => ({ path, text }));

Deno.test("house › a circle of files is found, and told as the files on it", () => {
  const found = checkFileCircles(filesOf({
    "auth/a/one.ts": `import { two } from "../b/two.ts";`,
    "auth/b/two.ts": `import type { Three } from "./three.ts";`,
    "auth/b/three.ts": `export type One = import("../a/one.ts").One;`,
    "auth/b/beside.ts": `import { two } from "./two.ts";`,
  }));
  assertEquals(found, [
    {
      path: "auth/a/one.ts",
      text:
        "auth/a/one.ts is on an import circle: auth/a/one.ts → auth/b/two.ts → auth/b/three.ts → auth/a/one.ts",
    },
    {
      path: "auth/b/three.ts",
      text: "auth/b/three.ts is on an import circle: " +
        "auth/b/three.ts → auth/a/one.ts → auth/b/two.ts → auth/b/three.ts",
    },
    {
      path: "auth/b/two.ts",
      text:
        "auth/b/two.ts is on an import circle: auth/b/two.ts → auth/b/three.ts → auth/a/one.ts → auth/b/two.ts",
    },
  ]);
});

Deno.test("house › a circle of rooms without one of files is found", () => {
  const found = checkRoomCircles(filesOf({
    "auth/keys/one.ts": `import type { A } from "../store/a.ts";`,
    "auth/store/a.ts": "",
    "auth/store/b.ts": `export { two } from "../keys/two.ts";`,
    "auth/keys/two.ts": "",
  }));
  assertEquals(found.map(({ text }) => text), [
    "auth/keys is on a circle of rooms: auth/keys → auth/store → auth/keys " +
    "(auth/keys/one.ts imports auth/store/a.ts, auth/store/b.ts imports auth/keys/two.ts)",
    "auth/store is on a circle of rooms: auth/store → auth/keys → auth/store " +
    "(auth/store/b.ts imports auth/keys/two.ts, auth/keys/one.ts imports auth/store/a.ts)",
  ]);
});

Deno.test("house › a diamond, a module's address and what stands at the root are no circles", () => {
  const files = filesOf({
    "auth/main.ts": `import "./a/one.ts"; import "./b/two.ts";`,
    "auth/a/one.ts": `import { two } from "../b/two.ts"; import { three } from "../c/three.ts";`,
    "auth/b/two.ts": `import { three } from "../c/three.ts"; import { settings } from "../settings.ts";`,
    "auth/c/three.ts": `const worker = new URL("../a/one.ts", import.meta.url); import { z } from "zod";`,
    "auth/settings.ts": `import { limits } from "./b/limits.ts";`,
    "auth/b/limits.ts": "",
  });
  assertEquals([checkFileCircles(files), checkRoomCircles(files)], [[], []]);
});
