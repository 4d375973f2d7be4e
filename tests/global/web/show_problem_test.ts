import { assertEquals } from "@std/assert";
import { createScreenState, showProblem, showRefusal } from "../../../global/web/meeting/screen_state.ts";

/** What is shown of problems, one after another. */
function watch() {
  const screen = createScreenState();
  const shown: string[] = [];
  screen.problem.subscribe((words) => void shown.push(words));
  return { screen, shown };
}

Deno.test("problem › what is refused in the same way twice is said twice", async () => {
  const { screen, shown } = watch();
  const refusal = { ok: false, error: { code: "TIMEOUT", message: "" } } as const;
  for (let time = 0; time < 2; time++) await showRefusal(screen, Promise.resolve(refusal));
  const words = "The server didn't answer in time. Try again.";
  assertEquals(shown, ["", words, "", words]);
});

Deno.test("problem › one that comes again is said again, and is over once the thing works", async () => {
  const { screen, shown } = watch();
  for (const words of ["It is in use.", "It is in use.", undefined]) {
    await showProblem(screen, () => Promise.resolve(words));
  }
  assertEquals(shown, ["", "It is in use.", "", "It is in use.", ""]);
});
