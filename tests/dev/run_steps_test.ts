import { assertEquals, assertRejects } from "@std/assert";
import { runSteps } from "../../shared/dev/setup/run_steps.ts";
import { createScreen, type Screen } from "../../shared/dev/setup/screen.ts";
import type { Step, StepOutcome } from "../../shared/dev/setup/step.ts";

function screenOf(terminal: boolean): { screen: Screen; text: () => string; clock: { now: number } } {
  const written: string[] = [];
  const clock = { now: 0 };
  const screen = createScreen({
    write: (text) => written.push(text),
    terminal,
    now: () => clock.now,
    columns: 60,
  });
  return { screen, text: () => written.join(""), clock };
}

function step(name: string, present: boolean, outcome: StepOutcome, ran: string[]): Step {
  return {
    name,
    present: () => Promise.resolve(present),
    run: () => {
      ran.push(name);
      return Promise.resolve(outcome);
    },
  };
}

const never = new AbortController().signal;

Deno.test("run steps › what is present is neither run nor shown", async () => {
  const ran: string[] = [];
  const { screen, text } = screenOf(false);
  const steps = [step("one", true, { state: "done" }, ran), step("two", false, { state: "done" }, ran)];
  assertEquals(await runSteps(steps, screen, never), undefined);
  assertEquals(ran, ["two"]);
  assertEquals(text(), "two: done (0.0 s)\n");
});

Deno.test("run steps › a failure ends it, with the command that would do it on the same line", async () => {
  const ran: string[] = [];
  const { screen, text } = screenOf(false);
  const failed = {
    state: "failed",
    reason: "no such package",
    command: "apt-get install x",
    lines: ["E: x"],
  };
  const failure = await runSteps(
    [step("one", false, { ...failed, state: "failed" }, ran), step("two", false, { state: "done" }, ran)],
    screen,
    never,
  );
  assertEquals(failure, {
    step: "one",
    line: "one: no such package; this would do it: apt-get install x",
  });
  assertEquals(ran, ["one"]);
  assertEquals(text(), "  | E: x\n");
});

Deno.test("run steps › a stop between two steps ends it", async () => {
  const ran: string[] = [];
  const stop = new AbortController();
  const stopping: Step = {
    name: "one",
    present: () => Promise.resolve(false),
    run: () => {
      stop.abort();
      return Promise.resolve({ state: "done" });
    },
  };
  const steps = [stopping, step("two", false, { state: "done" }, ran)];
  await assertRejects(() => runSteps(steps, screenOf(false).screen, stop.signal));
  assertEquals(ran, []);
});

Deno.test("screen › a terminal's line changes in place, up to the duration", () => {
  const { screen, text, clock } = screenOf(true);
  screen.begin("worker");
  screen.waitingFor("the compiler");
  clock.now = 1000;
  screen.count(12, 24);
  clock.now = 63_000;
  screen.end("built");
  assertEquals(
    text().split("\r\x1b[K").slice(1),
    [
      "worker …",
      "worker: waiting for the compiler …",
      "worker: the compiler ████████████░░░░░░░░░░░░ [12/24] 1.0 s",
      "worker: built (1 min 3 s)\n",
    ],
  );
});

Deno.test("screen › without a terminal counts are lines, with a pause between them", () => {
  const { screen, text, clock } = screenOf(false);
  screen.begin("worker");
  for (let done = 1; done <= 30; done++) {
    clock.now = done * 1000;
    screen.count(done, 31);
  }
  assertEquals(text().trim().split("\n").map((line) => /\[.*\]/.exec(line)?.[0]), [
    "[10/31]",
    "[20/31]",
    "[30/31]",
  ]);
});
