import { assertEquals } from "@std/assert";

/** Runs a service's program with these words behind its name, and without any setting. */
async function refused(service: string, ...args: string[]): Promise<[code: number, lines: string]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", "--cached-only", `${service}/main.ts`, "--", ...args],
    cwd: new URL("../..", import.meta.url).pathname,
    env: { DT_DATA_DIR: "/nonexistent" },
    stdin: "null",
  }).output();
  return [code, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)];
}

const misspelt: readonly [line: string, reason: string][] = [
  ["global exprot", 'there is no command or option "exprot"; --help shows what there is'],
  ["global help", 'there is no command or option "help"; --help shows what there is'],
  ["global export --json", "--json is not an option of: export"],
  ["meeting frob", 'there is no command or option "frob"; --help shows what there is'],
  ["media frob", 'there is no command or option "frob"; --help shows what there is'],
  ["media --selftest", 'there is no command or option "--selftest"; --help shows what there is'],
  ["auth --exprot", "--exprot needs a value"],
  ["auth --json user lsit", 'there is no command "user lsit"; "help" shows all'],
  ["auth export --json", "--json is not an option of: export"],
  ["auth import now", '"now" is too much for: import'],
  ["auth --json export", '"export" stands before everything else'],
];
for (const [line, reason] of misspelt) {
  Deno.test(`commands › \`${line}\` starts nothing and says why in one line`, async () => {
    const [service = "", ...args] = line.split(" ");
    assertEquals(await refused(service, ...args), [2, `${service}: ${reason}\n`]);
  });
}
