import { runCommand } from "../run_command.ts";
import { stampMatches, stampOf } from "../stamp.ts";
import type { Step } from "./step.ts";

/** The npm packages of `deno.json`, as `deno.lock` pins them; in CI the lock file must already be complete. */
export function npmPackages(root: string, ci: boolean): Step {
  const stampFile = `${root}/node_modules/.dark_tower_stamp`;
  const stamp = () => stampOf([`${root}/deno.json`, `${root}/deno.lock`]);
  return {
    name: "npm packages",
    present: async () => await stampMatches(stampFile, await stamp()),
    async run(progress, signal) {
      progress.waitingFor("deno install");
      const args = ["install", "--quiet", ...ci ? ["--frozen"] : []];
      const result = await runCommand(Deno.execPath(), { args, cwd: root, signal, env: { NO_COLOR: "1" } });
      if (!result.success) {
        return {
          state: "failed",
          reason: "the npm packages could not be installed",
          command: `deno ${args.filter((arg) => arg !== "--quiet").join(" ")}`,
          lines: result.lines.slice(-8),
        };
      }
      await Deno.writeTextFile(stampFile, await stamp());
      return { state: "done" };
    },
  };
}
