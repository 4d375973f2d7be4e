import { assertEquals } from "@std/assert";
import { checkRoom } from "./check_rooms.ts";
import { except } from "./except.ts";
import { roomless } from "./exceptions.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › every file of a service is in a room", async () => {
  const files = await readFolders(services, /./);
  assertEquals(except(files.flatMap(checkRoom), roomless), []);
});

Deno.test("house › a file at the root of a service is found, whatever its kind", () => {
  const homeless = ["auth/door.ts", "meeting/shard.ts", "media/notes.md", "global/parts.tsx"];
  const housed = ["auth/main.ts", "auth/settings.ts", "auth/metrics.ts", "meeting/state/main.ts"];
  const bad = (path: string) => checkRoom({ path, text: "" }).length > 0;
  assertEquals([homeless.filter((path) => !bad(path)), housed.filter(bad)], [[], []]);
});
