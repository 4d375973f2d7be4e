import { testProgramVariables } from "./setup/test_programs.ts";

/** Read by the project's other commands; a shell that has them set is told nothing. */
const OF_OTHER_COMMANDS = /^DT_(VECTORS|TEST_\w+)$/;
const OF_TESTS: readonly string[] = Object.keys(testProgramVariables(() => undefined));

/** One line for each of our variables among these that `program` doesn't know, with the known name that was meant if one is close. */
export function unknownNames(
  program: string,
  variables: readonly string[],
  known: readonly string[],
): string[] {
  const isKnown = (name: string) =>
    known.includes(name) || OF_TESTS.includes(name) || OF_OTHER_COMMANDS.test(name);
  return variables
    .filter((name) => name.startsWith("DT_") && !isKnown(name))
    .toSorted()
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is no setting of ${program}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
}

/** The known name with the fewest slips of the keyboard between, if they are few for its length. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor((name.length - "DT_".length) / 4));
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > most) continue;
    const slips = slipsBetween(name.toUpperCase(), candidate);
    if (slips <= most && slips < (best?.slips ?? Infinity)) best = { name: candidate, slips };
  }
  return best?.name;
}

/** The restricted Damerau-Levenshtein distance: letters left out, put in, mistaken, or swapped with their neighbour. */
function slipsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? Infinity) + 1,
        (current[column - 1] ?? Infinity) + 1,
        (last[column - 1] ?? Infinity) + (same ? 0 : 1),
        isSwap ? (beforeLast[column - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? Infinity;
}
