import { parseArgs } from "node:util";

/** What `deno task load` was asked for. */
export interface LoadCommand {
  readonly meetings: number;
  /** In each meeting. */
  readonly participants: number;
  /** How long the participants talk once all have joined. */
  readonly seconds: number;
  /** The deployment; undefined to start one for the run. */
  readonly origin: string | undefined;
}

export const HELP = `usage: deno task load -- [--meetings N] [--participants N] [--seconds N] [--origin URL]

Synthetic participants without media, by the client SDK through the public interfaces alone: they register, create
meetings, ask for tickets as guests, join, and chat. Prints joins a second, latencies, and what was lost.

--meetings N      how many meetings there are; 20
--participants N  how many guests are in each of them, 2 to 99; 5
--seconds N       how long they chat once all have joined, one message a second in each meeting; 10
--origin URL      the deployment's address: it must let people register. Its limits hold, and are waited for. Without
                  it one is started on free ports for this run, with limits that are not in the way
--help            this text

Ends with 1 if a join, a message or a connection was lost.
`;

const options = {
  meetings: { type: "string", default: "20" },
  participants: { type: "string", default: "5" },
  seconds: { type: "string", default: "10" },
  origin: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Takes the arguments apart; "help" when that is asked for, and what is wrong with them when they don't fit. */
export function parseLoadCommand(args: readonly string[]): LoadCommand | "help" | { readonly wrong: string } {
  try {
    // `deno task load -- --meetings 5` hands the two dashes on.
    const { values } = parseArgs({ args: args.filter((arg) => arg !== "--"), options });
    if (values.help) return "help";
    const { origin } = values;
    if (origin !== undefined && !/^https?:$/.test(URL.parse(origin)?.protocol ?? "")) {
      return { wrong: `--origin needs an http or https URL, not "${origin}"` };
    }
    const bounds = { meetings: [1, 10_000], participants: [2, 99], seconds: [0, 86_400] } as const;
    for (const name of ["meetings", "participants", "seconds"] as const) {
      const [least, most] = bounds[name];
      if (/^\d+$/.test(values[name]) && Number(values[name]) >= least && Number(values[name]) <= most) {
        continue;
      }
      return { wrong: `--${name} needs a whole number from ${least} to ${most}, not "${values[name]}"` };
    }
    return {
      meetings: Number(values.meetings),
      participants: Number(values.participants),
      seconds: Number(values.seconds),
      origin: origin === undefined ? undefined : new URL(origin).origin,
    };
  } catch (error) {
    if (error instanceof TypeError) return { wrong: error.message };
    throw error;
  }
}
