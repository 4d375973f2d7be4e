import { assert, assertEquals } from "@std/assert";

const web = new URL("../../../global/web/", import.meta.url);

/** The page's style sheets with their texts, without comments. */
async function sheets(): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { name } of Deno.readDir(new URL("style/", web))) {
    const text = await Deno.readTextFile(new URL(`style/${name}`, web));
    found.push([name, text.replaceAll(/\/\*.*?\*\//gs, "")]);
  }
  return found;
}

const COLOUR_FUNCTION = /\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\(/;
const HEX = /#[0-9a-f]{3,8}\b/i;
/** Those that somebody would write; `transparent` and `currentColor` are no colours of their own. */
const NAMES =
  "black white gray grey silver red maroon orange yellow olive green lime teal aqua cyan blue navy " +
  "purple fuchsia magenta pink brown gold beige ivory crimson tomato coral salmon indigo violet";
const NAME = new RegExp(`:[^;{}]*(?<![\\w-])(${NAMES.replaceAll(" ", "|")})(?![\\w-])[^;{}]*;`, "i");

/** What of a style sheet gives a colour. */
function colours(text: string): string[] {
  return [COLOUR_FUNCTION, HEX, NAME].flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}

Deno.test("style › colours are tokens; no other file gives one", async () => {
  const coloured = (await sheets()).filter(([, text]) => colours(text).length > 0);
  assertEquals(coloured.map(([name]) => name), ["tokens.css"]);
});

Deno.test("style › every way to give a colour is found", () => {
  for (const value of ["#fff", "#12141a80", "rgb(1 2 3 / 50%)", "oklch(50% 0.1 20)", "1px solid Red"]) {
    assertEquals(colours(`a { border: ${value}; }`).length, 1, value);
  }
  assertEquals(colours("a.red { color: var(--red); background: transparent; }"), []);
});

Deno.test("style › text, and what a window has room for, go by the browser's text size", async () => {
  const fixed = (await sheets()).flatMap(([name, text]) =>
    [...text.matchAll(/\bfont(-size)?:[^;]*\dpx|@media[^{]*\dpx|@container[^{]*\dpx/g)].map(([rule]) =>
      `${name}: ${rule}`
    )
  );
  assertEquals(fixed, []);
});

Deno.test("style › every token that is used is given, and each file is in one layer of the page's sheet", async () => {
  const all = await sheets();
  const text = all.map(([, text]) => text).join("\n");
  const given = new Set(text.matchAll(/(--[\w-]+):/g).map(([, name]) => name));
  const used = new Set(text.matchAll(/var\((--[\w-]+)/g).map(([, name]) => name ?? ""));
  assertEquals([...used].filter((name) => !given.has(name)).sort(), []);
  const entry = await Deno.readTextFile(new URL("style.css", web));
  const imported = [
    ...entry.matchAll(/@import "\.\/style\/(\S+)" layer\((tokens|base|controls|screens)\);/g),
  ];
  assertEquals(imported.map(([, name]) => name).sort(), all.map(([name]) => name).sort());
  assert(entry.startsWith("@layer tokens, base, controls, screens;"));
});
