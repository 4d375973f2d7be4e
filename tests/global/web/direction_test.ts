import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../../../shared/dev/stamp.ts";

const WEB = new URL("../../../global/web", import.meta.url).pathname;
/** A child of an element, as `<tag …>{expression}`. */
const CHILDREN = /(<[A-Za-z][^<>]*>)\s*\{([^{}]*)\}/g;
/** What people have written themselves: names of people, titles of meetings, reactions. */
const WORDS_OF_PEOPLE = /\bdisplay_name\b|\bnameOf\(|\btile\.name\b|\breaction\b|\bmoderationWords\(/;
const ISOLATES = /^<bdi\b|\bdir="auto"/;

/** Elements that show a person's words and would let their direction reach beyond them. */
function unisolated(source: string): string[] {
  return [...source.matchAll(CHILDREN)].filter(([, tag = "", shown = ""]) =>
    WORDS_OF_PEOPLE.test(shown) && !ISOLATES.test(tag)
  ).map(([text]) => text);
}

Deno.test("direction › a person's words stand in an element that isolates their direction, wherever they are shown", async () => {
  assertEquals(unisolated("<p>{person.display_name}</p><bdi>{nameOf(a, b)}</bdi>"), [
    "<p>{person.display_name}",
  ]);
  let shown = 0;
  for (const file of await filesBelow(WEB)) {
    if (!file.endsWith(".tsx")) continue;
    const source = await Deno.readTextFile(file);
    // The page's own reactions are pictures with words of their own.
    const found = unisolated(source).filter((text) => !text.includes('role="img"'));
    assertEquals(found, [], file);
    shown += [...source.matchAll(CHILDREN)].filter(([, , words = ""]) => WORDS_OF_PEOPLE.test(words)).length;
  }
  assert(shown > 10, `only ${shown} were found`);
});
