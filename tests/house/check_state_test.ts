import { assertEquals } from "@std/assert";
import { checkState } from "./check_state.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › no module keeps state of its own", async () => {
  const files = await readFolders([...services, "shared"]);
  // Fake time and the group of tests being registered are one a process by their nature.
  const checked = files.filter(({ path }) => !path.startsWith("shared/std/testing/"));
  assertEquals(checked.flatMap(checkState), []);
});

const keeps = (text: string) => checkState({ path: "a.ts", text }).length > 0;

Deno.test("house › state in a module is found", () => {
  const kept = [
    "let count = 0;",
    "export let count = 0;",
    "var count;",
    "const cache = new Map();",
    "const cache: Map<string, number> = new Map<string, number>();",
    "export const rooms = new Set<string>();",
    "const seen = new WeakMap<object, string>();",
    "const queue: string[] = [];",
    "const byId: Record<string, number> = {};",
    "const table = { a: 1 }; export function f() { table.a = 2; }",
    "const table = { a: { n: 1 } }; const f = () => table.a.n++;",
    "const table = { a: 1 }; const f = () => delete table.a;",
    "const table = { a: 1 }; const f = () => Object.assign(table, { b: 2 });",
    "const list = [1, 2]; export const f = () => list.push(3);",
    "const list = [1, 2]; function f() { { const list = [3]; } list[0] = 1; }",
    `const words = new Map([["a", 1]]); class A { run() { words.set("b", 2); } }`,
    `export const words = new Map([["a", 1]]);`,
    "const counters = { n: 0 } as Counters; const f = () => counters.n += 1;",
    "class A { static count = 0; }",
    "class A { static #count = 0; }",
  ];
  assertEquals(kept.filter((text) => !keeps(text)), []);
});

Deno.test("house › tables, and state that somebody owns, are not", () => {
  const allowed = [
    "const limit = 5;",
    "const list = [1, 2] as const; const f = () => [...list].sort();",
    "const none: readonly string[] = [];",
    "const none = Object.freeze([]);",
    `export const words: ReadonlyMap<string, number> = new Map([["a", 1]]);`,
    `const words = new Set(["a"]); const f = (word: string) => words.has(word);`,
    "const table = { a: 1 }; const f = () => { const table = { a: 1 }; table.a = 2; };",
    "const table = { a: 1 }; const f = (table: { a: number }) => table.a++;",
    "const table = { a: 1 }; for (const table of []) table.a = 2;",
    "function f() { let count = 0; const cache = new Map(); cache.set(count++, 1); return cache; }",
    "class Actor { #rooms = new Map(); count = 0; add() { this.#rooms.set(1, this.count++); } }",
    "class A { static readonly limit = 5; }",
    "declare const injected: Map<string, string>;",
  ];
  assertEquals(allowed.filter(keeps), []);
});
