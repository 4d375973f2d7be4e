import { load } from "../../shared/config/mod.ts";
import { endWith } from "../../shared/service/mod.ts";
import { mediaSettings } from "../settings.ts";
import { selfTest } from "./self_test.ts";
import { settingsProblem } from "./settings_problem.ts";

/** `--self-test`: a line for each check. Exits with 0 if all is well, with 2 if not. */
export async function selfTestCommand(): Promise<never> {
  const loaded = load(mediaSettings, {
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFileSync(path),
  });
  if (!loaded.ok) return exit(2, [`media: ${loaded.message}`]);
  const problem = settingsProblem(loaded.value);
  if (problem !== undefined) return exit(2, [`media: ${problem}`]);
  const checks = await selfTest(loaded.value);
  const lines = checks.map(({ name, problem }) =>
    problem === undefined ? `ok: ${name}` : `PROBLEM: ${problem}`
  );
  return exit(checks.every(({ problem }) => problem === undefined) ? 0 : 2, lines);
}

function exit(code: number, lines: readonly string[]): never {
  return endWith("media", code, lines.map((line) => `${line}\n`).join(""));
}
