import type { Definition } from "../../config/settings.ts";
import { namesPassedOn, SECRETS_PASSED_ON } from "../passed_on.ts";
import { testProgramVariables } from "../setup/test_programs.ts";

/** Read by the project's other commands; a shell that has them set is told nothing. */
const OF_OTHER_COMMANDS = /^DT_(VECTORS|TEST_\w+)$/;
const OF_TESTS: readonly string[] = Object.keys(testProgramVariables(() => undefined));

/** One line for each `DT_` variable that has no effect on `up`, with the name that was meant if one is close. */
export function unknownSettings<V extends object>(
  definition: Definition<V>,
  variables: readonly string[],
): string[] {
  const files = SECRETS_PASSED_ON.map((name) => `${name}_FILE`);
  const known = [...namesOf(definition), ...namesPassedOn(), ...files];
  const isKnown = (name: string) =>
    known.includes(name) || OF_TESTS.includes(name) || OF_OTHER_COMMANDS.test(name);
  return variables
    .filter((name) => name.startsWith("DT_") && !isKnown(name))
    .sort()
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is no setting of up${meant === undefined ? "" : `; did you mean ${meant}?`}`;
    });
}

function namesOf<V extends object>({ fields }: Definition<V>): string[] {
  const names: string[] = [];
  for (const key in fields) {
    const { name, secret } = fields[key];
    names.push(name, ...(secret ? [`${name}_FILE`] : []));
  }
  return names;
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
