import { assertEquals } from "@std/assert";
import { SHARED_SOURCES } from "../../shared/dev/web_build.ts";
import { filesOfPage } from "./check_browsers.ts";
import { readFolders } from "./read_files.ts";

Deno.test("house › a change of any file that the page is made of has it built anew", async () => {
  const files = filesOfPage(await readFolders(["global/web", "shared"]), "global/web/main.tsx");
  const watched = ["global/web", ...SHARED_SOURCES.map((folder) => `shared/${folder}`)];
  const unwatched = files.filter(({ path }) => !watched.some((folder) => path.startsWith(`${folder}/`)));
  assertEquals(unwatched.map(({ path }) => path), []);
});
