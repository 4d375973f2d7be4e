import type { Screen } from "./screen.ts";
import type { Step } from "./step.ts";

/** What set-up could not do. */
export interface StepFailure {
  readonly step: string;
  readonly reason: string;
  readonly command?: string;
}

/**
 * Runs the steps that are not done yet, in order, and shows each. A step that fails ends set-up: the later ones
 * build on it. Answers the failure, said on one line before that, or nothing.
 */
export async function runSteps(
  steps: readonly Step[],
  screen: Screen,
  signal: AbortSignal,
): Promise<StepFailure | undefined> {
  for (const step of steps) {
    signal.throwIfAborted();
    if (await step.present()) continue;
    screen.begin(step.name);
    const outcome = await step.run(screen, signal);
    signal.throwIfAborted();
    if (outcome.state === "done") {
      screen.end(outcome.note ?? "done");
      continue;
    }
    const { reason, command } = outcome;
    for (const line of outcome.lines ?? []) screen.line(`  | ${line}`);
    screen.fail(command === undefined ? reason : `${reason}; this would do it: ${command}`);
    return { step: step.name, reason, ...command === undefined ? {} : { command } };
  }
}
