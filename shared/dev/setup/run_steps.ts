import type { Screen } from "./screen.ts";
import type { Step } from "./step.ts";

/** What set-up could not do. */
export interface StepFailure {
  readonly step: string;
  /** Step, reason and the command that would do it, on one line. */
  readonly line: string;
}

/**
 * Runs the steps that are not done yet, in order, and shows each. A step that fails ends set-up: the later ones
 * build on it. Answers the failure, or nothing.
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
    screen.fail();
    for (const line of outcome.lines ?? []) screen.line(`  | ${line}`);
    const remedy = outcome.command === undefined ? "" : `; this would do it: ${outcome.command}`;
    return { step: step.name, line: `${step.name}: ${outcome.reason}${remedy}` };
  }
}
