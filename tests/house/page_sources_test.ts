import { assertEquals } from "@std/assert";
import { SHARED_SOURCES } from "../../shared/dev/web_build.ts";
import { filesOfPage } from "./check_browsers.ts";
import { readFolders } from "./read_files.ts";

Deno.test("house › a change of any file that the page and the SDK are made of has them built anew", async () => {
  const all = await readFolders(["global/web", "shared"]);
  const files = ["global/web/main.tsx", "shared/client/sdk.ts"].flatMap((entry) => filesOfPage(all, entry));
  const watched = ["global/web", ...SHARED_SOURCES.map((folder) => `shared/${folder}`)];
  const unwatched = files.filter(({ path }) => !watched.some((folder) => path.startsWith(`${folder}/`)));
  assertEquals(unwatched.map(({ path }) => path), []);
});
