import { runCommand } from "../run_command.ts";
import { say } from "../say.ts";
import type { AptMachine } from "./apt.ts";
import { testPrograms } from "./test_programs.ts";
import { mediasoupWorker } from "./mediasoup_worker.ts";
import { npmPackages } from "./npm_packages.ts";
import { runSteps, type StepFailure } from "./run_steps.ts";
import { createScreen, type Screen } from "./screen.ts";
import type { Step } from "./step.ts";
import { testServers } from "./test_servers.ts";
import { webPage } from "./web_page.ts";

/** What is set up: all that `up` needs, or all that the tests need. */
export type Purpose = "up" | "quick_tests" | "tests";

/** Sets up what is missing for a purpose and shows it on the terminal. Answers what it could not do, if anything. */
export async function setUp(
  root: string,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<StepFailure | undefined> {
  const apt: AptMachine = { isRoot: Deno.uid() === 0, run: runCommand };
  const steps: Step[] = [
    npmPackages(root, Boolean(Deno.env.get("CI"))),
    mediasoupWorker(root, apt),
    webPage(root),
  ];
  if (purpose !== "up") steps.push(testServers(apt));
  if (purpose === "tests") steps.push(...testPrograms((name) => Deno.env.get(name), apt));
  return await runSteps(steps, stdoutScreen(), signal);
}

/** The screen of a program's standard output. */
export function stdoutScreen(): Screen {
  const terminal = Deno.stdout.isTerminal();
  return createScreen({
    write: say,
    terminal,
    now: () => performance.now(),
    columns: terminal ? Deno.consoleSize().columns : 80,
  });
}
