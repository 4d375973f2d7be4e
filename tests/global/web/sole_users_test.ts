import { assertEquals } from "@std/assert";

/** The page's source files with their texts, by their paths below `global/web/`. */
async function sources(folder: URL, path = ""): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const isBuilt = /^\.?dist/.test(name);
    if (isDirectory && !isBuilt) found.push(...await sources(new URL(`${name}/`, folder), `${path}${name}/`));
    if (/\.tsx?$/.test(name)) found.push([path + name, await Deno.readTextFile(new URL(name, folder))]);
  }
  return found;
}

for (
  const [what, pattern, user] of [
    ["captures through the owner of the tracks", /\b(getUserMedia|getDisplayMedia)\(/, "local_tracks.ts"],
    ["keeps values through what bears a refusal", /\blocalStorage\b/, "kept_values.ts"],
  ] as const
) {
  Deno.test(`page › ${what} alone`, async () => {
    const all = await sources(new URL("../../../global/web/", import.meta.url));
    assertEquals(all.filter(([, text]) => pattern.test(text)).map(([path]) => path), [user]);
  });
}
