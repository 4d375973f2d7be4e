import { assertEquals } from "@std/assert";
import { checkTells } from "./check_tells.ts";
import { except } from "./except.ts";
import { ignoredTells } from "./exceptions.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › whoever tells looks at what became of it", async () => {
  const files = await readFolders([...services, "shared"]);
  assertEquals(except(files.flatMap(checkTells), ignoredTells), []);
});

const ignores = (text: string) => checkTells({ path: "a.ts", text }).length > 0;

Deno.test("house › a tell whose outcome is thrown away is found", () => {
  const thrownAway = [
    `ref.tell("left", id);`,
    `void ref.tell("left", id);`,
    `this.#meeting.tell("left", id);`,
    `ref?.tell("left", id);`,
    `if (gone) ref.tell("left", id);`,
    `gone && ref.tell("left", id);`,
    `gone ? ref.tell("left", id) : undefined;`,
    `refs.forEach((ref) => ref.tell("left", id));`,
    `context.after(10, () => ref.tell("left", id));`,
    `context.watch(ref, () => void other.tell("gone", id));`,
    `async function f() { await ref.offer("left", id); }`,
    `void ref.offer("left", id);`,
  ];
  assertEquals(thrownAway.filter((text) => !ignores(text)), []);
  assertEquals(checkTells({ path: "a.ts", text: `\nref.tell("left", id);` }), [
    { path: "a.ts", text: `a.ts:2 doesn't look at what became of tell("left")` },
  ]);
});

Deno.test("house › a tell whose outcome is used is not", () => {
  const used = [
    `const outcome = ref.tell("left", id);`,
    `if (ref.tell("left", id) !== "accepted") drop(id);`,
    `count(ref.tell("left", id));`,
    `function f() { return ref.tell("left", id); }`,
    `const outcomes = refs.map((ref) => ref.tell("left", id));`,
    `const send = (id: string) => ref.tell("left", id);`,
    `async function f() { return await ref.offer("left", id); }`,
    `const left = tell(z.string());`,
    `story.tell(words);`,
  ];
  assertEquals(used.filter(ignores), []);
});
