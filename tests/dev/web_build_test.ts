import { assert, assertEquals } from "@std/assert";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { webPageRoutes } from "../../global/web/serve/web_page_routes.ts";
import { createHandler } from "../../shared/http/mod.ts";
import { bundleWebPage } from "../../shared/dev/web_build.ts";

/** What a build makes. */
const made = ["index.html", "main.js", "sdk.js", "style.css"];

/** A page of two files, an SDK, and a style sheet that imports another one. */
async function aPage(): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "dark-tower-page-" });
  for (const folder of ["global/web/static", "shared/client"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  const files = {
    "../../shared/client/sdk.ts": `export { word } from "../../global/web/word.ts";\n`,
    "main.tsx": `import { word } from "./word.ts";\nconsole.log(word);\n`,
    "word.ts": `export const word: string = "hello";\n`,
    "style.css": `@layer tokens, base;\n@import "./tokens.css" layer(tokens);\n`,
    "tokens.css": `:root {\n  --ground: #123456;\n}\n`,
    "static/index.html": "<!DOCTYPE html>",
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${root}/global/web/${name}`, text);
  }
  return root;
}

async function built(root: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(`${root}/global/web/dist`), ({ name }) => name);
  return names.filter((name) => !name.startsWith(".")).sort();
}

Deno.test("page build › one script and one style sheet; the sources beside them for development alone", async () => {
  const root = await aPage();
  try {
    assert((await bundleWebPage(root)).success);
    assertEquals(await built(root), made);
    const style = await Deno.readTextFile(`${root}/global/web/dist/style.css`);
    assert(/@layer tokens\s*\{.*#123456/s.test(style), style);
    const script = await Deno.readTextFile(`${root}/global/web/dist/main.js`);
    assert(script.includes("hello") && !script.includes("sourceMappingURL"), script);
    const settings = { webDir: `${root}/global/web/dist`, publicUrl: "https://example.org" };
    const handler = createHandler({ routes: webPageRoutes({ settings }) });
    const statusOf = async (path: string) => (await handler(new Request(`http://localhost/${path}`))).status;
    const asked = ["main.js", "main.js.map", "style.css.map", "main.tsx", "word.ts"];
    assertEquals(await Promise.all(asked.map(statusOf)), [200, 404, 404, 404, 404]);

    assert((await bundleWebPage(root, { sourceMap: true })).success);
    assertEquals(await built(root), [...made, "main.js.map", "sdk.js.map", "style.css.map"].sort());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("page build › larger texts lie beside themselves in compressed form, and never in that of an earlier build", async () => {
  const root = await aPage();
  const dist = `${root}/global/web/dist`;
  try {
    await Deno.writeTextFile(
      `${root}/global/web/word.ts`,
      `export const word = "${"hello ".repeat(500)}";\n`,
    );
    assert((await bundleWebPage(root)).success);
    assertEquals(await built(root), [...made, "main.js.br", "main.js.gz", "sdk.js.br", "sdk.js.gz"].sort());
    const script = await Deno.readTextFile(`${dist}/main.js`);
    const [brotli, gzip] = await Promise.all(
      ["br", "gz"].map((ending) => Deno.readFile(`${dist}/main.js.${ending}`)),
    );
    assert(brotli && gzip && brotli.length < script.length / 10);
    assertEquals([brotliDecompressSync(brotli), gunzipSync(gzip)].map(String), [script, script]);

    assert((await bundleWebPage(root, { sourceMap: true })).success);
    assertEquals(await built(root), [...made, "main.js.map", "sdk.js.map", "style.css.map"].sort());
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
