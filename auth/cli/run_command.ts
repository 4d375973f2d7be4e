import { load } from "../../shared/config/mod.ts";
import { StartError } from "../../shared/service/start_error.ts";
import { directionOf, openDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../shared/store/mod.ts";
import { recorderWithin } from "../audit/record_within.ts";
import { issuerFile } from "../composition/prepare_data_dir.ts";
import { createKeyring, decodeMasterKeys } from "../keys/keyring.ts";
import { openableKeys } from "../keys/reseal_signing_keys.ts";
import { rotationTimes } from "../keys/rotation_times.ts";
import { definition } from "../settings.ts";
import type { Settings } from "../settings.ts";
import { databaseLocation } from "../store/database_location.ts";
import { migrations } from "../store/migrations.ts";
import type { Tables } from "../store/schema.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { auditCommands } from "./audit_commands.ts";
import { clientCommands } from "./client_commands.ts";
import { Given } from "./command.ts";
import type { Answer, Command, Workplace } from "./command.ts";
import { invitationCommands } from "./invitation_commands.ts";
import { keyCommands } from "./key_commands.ts";
import { organizationCommands } from "./organization_commands.ts";
import { shown } from "./shown.ts";
import { userCommands } from "./user_commands.ts";

const COMMANDS: readonly Command[] = [
  ...clientCommands,
  ...organizationCommands,
  ...userCommands,
  ...invitationCommands,
  ...keyCommands,
  ...auditCommands,
];
const FLAGS: ReadonlySet<string> = new Set(["json", "help", "open", "closed"]);

const OWN_FLAGS =
  "the task's flags fit the default settings: docs/auth_controller.md says how to give others";

/** What a command line comes to: its exit code, and what goes to standard output or standard error. */
export interface CommandOutcome {
  readonly code: 0 | 1 | 2;
  readonly text: string;
}

interface Surroundings {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Runs one of the operator's commands on AC's tables, whether AC runs or not. */
export async function runCommand(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<CommandOutcome> {
  try {
    const { words, options } = parseArguments(args, FLAGS);
    if (options.has("help") || words[0] === "help") return { code: 0, text: usage() };
    if (directionOf(words) !== undefined) {
      throw new UsageError(`"${words[0]}" stands before everything else`);
    }
    const command = COMMANDS.find((candidate) => isCalled(candidate, words));
    if (command === undefined) {
      throw new UsageError(`there is no command "${words.join(" ")}"; "help" shows all`);
    }
    refuseUnknown(command, [...options.keys()]);
    const rest = words.slice(wordsOf(command).length);
    refuseSurplus(command, rest);
    const given = new Given(rest, options);
    const answer = await inWorkplace(
      settingsOf(surroundings),
      surroundings.now,
      (place) => command.run(place, given),
    );
    return {
      code: 0,
      text: options.has("json") ? `${JSON.stringify(answer, undefined, 2)}\n` : shown(answer),
    };
  } catch (error) {
    if (error instanceof UsageError) return { code: 2, text: `auth: ${error.message}\n` };
    if (error instanceof StartError) return { code: 2, text: `auth: ${error.message}\n` };
    if (error instanceof Deno.errors.NotCapable) {
      const missing = /^Requires (.*?)(?:,|$)/.exec(error.message)?.[1] ?? "more";
      return { code: 2, text: `auth: this program was started without ${missing}; ${OWN_FLAGS}\n` };
    }
    const message = error instanceof Error ? error.message : "unknown error";
    return { code: 1, text: `auth: ${message}\n` };
  }
}

function settingsOf({ env, readFile }: Surroundings): Settings {
  const folder = env("DT_DATA_DIR") ?? ".data/auth";
  const hasKey = env("DT_MASTER_KEY") !== undefined || env("DT_MASTER_KEY_FILE") !== undefined;
  // Where `up` keeps it: the platform on one machine needs no settings for its operator.
  const found: Readonly<Record<string, string | undefined>> = {
    ...(hasKey ? {} : { DT_MASTER_KEY_FILE: `${folder}/master.key` }),
    DT_ISSUER: issuerIn(folder, readFile),
  };
  const loaded = load(definition, { env: (name) => env(name) ?? found[name], readFile });
  if (!loaded.ok) throw new UsageError(loaded.message);
  return loaded.value;
}

/** What AC was told when it ran there last. */
function issuerIn(folder: string, readFile: Surroundings["readFile"]): string | undefined {
  try {
    return readFile(issuerFile(folder)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function inWorkplace(
  settings: Settings,
  now: () => number,
  work: (place: Workplace) => Promise<Answer>,
): Promise<Answer> {
  const keyring = await createKeyring(decodeMasterKeys(settings.masterKey, settings.masterKeyPrevious));
  const database = databaseLocation(settings);
  await assertThere(database);
  await using store = await openDatabase<Tables>(database, migrations);
  await openableKeys(store, keyring, now());
  const recordWithin = recorderWithin(now);
  return await work({
    store,
    keyring,
    times: rotationTimes(settings),
    pageUrl: settings.issuer,
    now,
    recordWithin(queries, ...entries) {
      const rest = { actor: "system", organization_id: null, address: "local", result: "ok" };
      return recordWithin(queries, ...entries.map((entry) => ({ ...rest, ...entry })));
    },
  });
}

/** A mistyped folder must not become a deployment of its own. */
async function assertThere(database: DatabaseLocation): Promise<void> {
  if (database.kind !== "sqlite") return;
  try {
    await Deno.stat(database.path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new StartError(
      `there is no database ${database.path}: DT_DATA_DIR must name AC's folder, and AC must have run there once`,
      { cause },
    );
  }
}

/** The words that call a command: those at the beginning of its usage in lower case. */
function wordsOf({ usage }: Command): readonly string[] {
  const words = usage.split(" ");
  const end = words.findIndex((word) => !/^[a-z-]+$/.test(word) || word.startsWith("--"));
  return end === -1 ? words : words.slice(0, end);
}

function isCalled(command: Command, words: readonly string[]): boolean {
  return wordsOf(command).every((word, index) => words[index] === word);
}

function refuseUnknown({ usage }: Command, options: readonly string[]): void {
  const known = new Set(usage.matchAll(/--([a-z]+)/g).map(([, name]) => name));
  const unknown = options.find((name) => name !== "json" && !known.has(name));
  if (unknown !== undefined) throw new UsageError(`--${unknown} is not an option of: ${usage}`);
}

/** After its own words a command takes what its usage names in capitals before the options. */
function refuseSurplus(command: Command, words: readonly string[]): void {
  const places = command.usage.split(" ").slice(wordsOf(command).length);
  const taken = places.findIndex((place) => !/^[A-Z_]+$/.test(place));
  const surplus = words[taken === -1 ? places.length : taken];
  if (surplus !== undefined) throw new UsageError(`"${surplus}" is too much for: ${command.usage}`);
}

/** All commands, a line and what it does. */
function usage(): string {
  const lines = COMMANDS.map(({ usage, summary }) => `  ${usage}\n      ${summary}`);
  lines.push(
    "  export\n      writes everything to standard output",
    "  import\n      fills an empty database with what standard input has",
  );
  return `usage: deno task auth -- COMMAND [--json]\n\n${lines.join("\n")}\n`;
}
