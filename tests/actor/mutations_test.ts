import { assertEquals } from "@std/assert";
import { mutations } from "./mutations/mutations.ts";

Deno.test("mutations › each rule has at least one mutation", () => {
  const rules = new Set(mutations.map(({ rule }) => rule));
  assertEquals([...rules], Array.from({ length: 20 }, (_, i) => `A${i + 1}`));
});

Deno.test("mutations › each text to replace occurs exactly once in its file", async () => {
  const missing: string[] = [];
  for (const { rule, what, edits } of mutations) {
    for (const [file, find, replace] of edits) {
      const text = await Deno.readTextFile(new URL(`../../shared/actor/${file}`, import.meta.url));
      if (text.split(find).length !== 2 || find === replace) missing.push(`${rule}, ${what}: ${file}`);
    }
  }
  assertEquals(missing, []);
});
