import { parseArgs } from "node:util";

/** What `deno task test` was asked for. */
export interface TestCommand {
  /** Leaves out the slow stages. */
  readonly quick: boolean;
  /** Runs only the test files whose path contains it. */
  readonly path: string | undefined;
  /** Runs only the tests whose name contains it, or matches it as `/…/`, and no set-up. */
  readonly name: string | undefined;
}

export const HELP = `usage: deno task test [--quick] [--filter TEXT] [PATH]

--quick         leaves out the tests that start services or databases, the random sequences, the deployments, the
                scenarios, the faults, the tests with a browser, the chaos and the load tests
--filter TEXT   runs only the tests whose name contains the text (or matches it, as /REGEXP/), and no set-up: what
                has been set up once is used as it is
PATH            runs only the test files whose path contains it
With a text or a path, formats, lint and types are left out.
`;

const options = {
  quick: { type: "boolean", default: false },
  filter: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Takes the arguments apart; "help" when that is asked for, and what is wrong with them when they don't fit. */
export function parseTestCommand(args: readonly string[]): TestCommand | "help" | { readonly wrong: string } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [path, ...more] = positionals;
    if (values.help) return "help";
    if (more.length > 0) return { wrong: `one part of a path, not ${positionals.length}` };
    if (values.filter === "") return { wrong: "--filter needs a text" };
    return { quick: values.quick, path, name: values.filter };
  } catch (error) {
    if (error instanceof TypeError) return { wrong: error.message };
    throw error;
  }
}
