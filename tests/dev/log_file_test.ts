import { assert, assertEquals, assertMatch } from "@std/assert";
import { openLogFile } from "../../shared/dev/up/log_file.ts";
import { withSmallDisk } from "../small_disk.ts";

async function folder(): Promise<string> {
  return await Deno.makeTempDir({ prefix: "dark-tower-log-" });
}

Deno.test("log file › a full one is put aside while it is written to, and the two stay within their bound", async () => {
  const file = `${await folder()}/one.log`;
  using log = openLogFile(file, 1_000);
  for (let i = 0; i < 500; i++) log.write(`line ${i}`);
  const [now, old] = [Deno.readTextFileSync(file), Deno.readTextFileSync(`${file}.old`)];
  assert(now.length <= 1_000 && old.length <= 1_000, `${now.length} and ${old.length} bytes`);
  assert(old.length > 900);
  assertMatch(now, /line 499\n$/);
  const numbers = [...`${old}${now}`.matchAll(/\d+/g)].map(([number]) => Number(number));
  assertEquals(numbers, Array.from({ length: numbers.length }, (_, index) => 500 - numbers.length + index));
});

Deno.test("log file › one that an earlier run left is appended to, and counts", async () => {
  const file = `${await folder()}/one.log`;
  Deno.writeTextFileSync(file, "x".repeat(995) + "\n");
  using log = openLogFile(file, 1_000);
  log.write("new");
  log.write("newer");
  assertEquals(Deno.readTextFileSync(file), "newer\n");
});

Deno.test("log file › on a full disk lines are counted, and the count is written when there is room", async () => {
  await withSmallDisk(async ({ path, fill, empty }) => {
    using log = openLogFile(`${path}/one.log`);
    log.write("before");
    await fill();
    const line = "y".repeat(4_000);
    for (let i = 0; i < 30; i++) log.write(line);
    await empty();
    log.write("after");
    const lines = Deno.readTextFileSync(`${path}/one.log`).split("\n");
    assertEquals([lines[0], lines.at(-2)], ["before", "after"]);
    const { message, lost } = JSON.parse(lines.at(-3) ?? "");
    assertEquals(message, "log lines before this one could not be written");
    assert(lost > 20, `${lost} lines lost`);
  });
});
