import { assertEquals } from "@std/assert";

const programs = {
  up: "shared/dev/up/main.ts",
  meeting: "shared/dev/tasks/main.ts meeting",
  media: "shared/dev/image/start.ts media",
};

for (const [name, program] of Object.entries(programs)) {
  Deno.test(`${program} › a data folder whose path is no text is one line and exit code 2`, async () => {
    // A program that takes no notice of the unreadable one is refused for the wrong port or store, and so ends, too.
    const variables = "DT_PORT=none DT_LIVE_STORE=one,two DT_DATA_DIR=$(printf '/data/\\377')";
    const run = `${variables} exec "$0" run --quiet --no-check --cached-only -A ${program}`;
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", run, Deno.execPath()],
      cwd: new URL("../..", import.meta.url),
      stdout: "null",
    }).output();
    const line = `${name}: DT_DATA_DIR is set, but not to a text in UTF-8\n`;
    assertEquals([new TextDecoder().decode(stderr), code], [line, 2]);
  });
}
