import type { CommandOptions, CommandResult } from "../run_command.ts";
import type { Progress, StepOutcome } from "./step.ts";

/** What installing needs of the machine. */
export interface AptMachine {
  readonly isRoot: boolean;
  run(program: string, options: CommandOptions): Promise<CommandResult>;
}

const QUIET = { DEBIAN_FRONTEND: "noninteractive" };

/** The command that a person would type. */
export function aptCommand(packages: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/**
 * Installs Debian packages when the process runs as root, and otherwise only says how. The package lists are
 * refreshed when the first attempt fails, since a machine may have none or old ones.
 */
export async function installPackages(
  packages: readonly string[],
  machine: AptMachine,
  progress: Progress,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const names = packages.join(" ");
  if (!machine.isRoot) {
    const command = `sudo sh -c '${aptCommand(packages)}'`;
    return {
      state: "failed",
      reason: `Debian packages are missing (${names}) and this is not root`,
      command,
    };
  }
  const apt = (args: readonly string[]) =>
    machine.run("apt-get", { args, env: QUIET, signal, onLine: counter(progress) });
  const install = ["install", "-y", "--no-install-recommends", ...packages];
  progress.waitingFor(`apt-get install ${names}`);
  let result = await apt(install);
  if (!result.success && !signal.aborted) {
    progress.waitingFor("apt-get update");
    await apt(["update"]);
    progress.waitingFor(`apt-get install ${names}`);
    result = await apt(install);
  }
  if (result.success) return { state: "done" };
  const reason = result.code === 127
    ? `Debian packages are missing (${names}) and there is no apt-get`
    : `Debian packages could not be installed (${names})`;
  return { state: "failed", reason, command: aptCommand(packages), lines: result.lines.slice(-8) };
}

/** Counts the packages that apt says it is setting up, against how many it said it would. */
function counter(progress: Progress): (line: string) => void {
  let total = 0;
  let done = 0;
  return (line) => {
    const [, newOnes] = /^\d+ upgraded, (\d+) newly installed/.exec(line) ?? [];
    if (newOnes !== undefined) total = Number(newOnes);
    if (line.startsWith("Setting up ") && total > 0) progress.count(Math.min(++done, total), total);
  };
}
