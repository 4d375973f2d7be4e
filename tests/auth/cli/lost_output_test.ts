import { assertEquals, assertMatch } from "@std/assert";
import { MASTER_KEY, startAuth } from "../start_auth.ts";

const main = new URL("../../../auth/main.ts", import.meta.url).pathname;

const outputs = [
  { what: "a full disk", open: "exec 3> /dev/full" },
  // What reads has ended before the program begins to write.
  { what: "a reader that went away", open: "exec 3> >(:); wait $!" },
];
for (const command of ["export", "user list --organization default", "help", "--help"]) {
  for (const { what, open } of outputs) {
    Deno.test(`commands › \`${command}\` into ${what} is one line and exit code 1`, async () => {
      const folder = await Deno.makeTempDir();
      await (await startAuth({}, { folder }))[Symbol.asyncDispose]();
      const program = `exec "$0" run -A --quiet --no-check --cached-only ${main} ${command}`;
      const { code, stderr } = await new Deno.Command("bash", {
        args: ["-c", `${open}\n${program} >&3`, Deno.execPath()],
        env: { DT_DATA_DIR: folder, DT_MASTER_KEY: MASTER_KEY },
      }).output();
      await Deno.remove(folder, { recursive: true });
      assertMatch(new TextDecoder().decode(stderr), /^auth: the output can't be written: [^\n]*\n$/);
      assertEquals(code, 1);
    });
  }
}
