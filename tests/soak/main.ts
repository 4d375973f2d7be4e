/** `deno task soak [NAME]`: the long repetitions; prints each figure, exits with 1 if one is not as it should be. */
import { complain, say } from "../../shared/dev/say.ts";
import { testProgramVariables } from "../../shared/dev/setup/test_programs.ts";
import { workerFile } from "../../shared/dev/setup/mediasoup_worker.ts";
import { setUp } from "../../shared/dev/setup/set_up.ts";
import { judged, type Row } from "../bench/row.ts";
import { table } from "../bench/table.ts";

const NAMES = [
  "actor",
  "auth",
  "global",
  "meeting",
  "media",
  "client",
  "store",
  "deployment",
  "disk",
  "doors",
] as const;

/** A file of this folder. */
interface Soak {
  /** Runs it all; `tell` gets each figure as soon as there is one. Throws when something is not as it should be. */
  run(tell: (row: Row) => void): Promise<void>;
}

function refuse(message: string): never {
  complain(`soak: ${message}\n`);
  Deno.exit(2);
}

async function main(): Promise<number> {
  const [name, ...more] = Deno.args;
  if (more.length > 0) refuse("usage: deno task soak [NAME]");
  const existing = NAMES.filter((candidate) => isFile(soakFile(candidate)));
  const wanted = existing.filter((candidate) => name === undefined || candidate === name);
  if (wanted.length === 0) {
    refuse(`there is no soak "${name ?? ""}"; there is ${existing.join(", ") || "none"}`);
  }
  const root = await Deno.realPath(`${import.meta.dirname}/../..`);
  const failure = await setUp(root, "tests", new AbortController().signal);
  if (failure !== undefined) {
    complain(`soak: ${failure.line}\n`);
    return 1;
  }
  Deno.env.set("MEDIASOUP_WORKER_BIN", await workerFile(root) ?? "");
  for (const [variable, file] of Object.entries(testProgramVariables((name) => Deno.env.get(name)))) {
    Deno.env.set(variable, file);
  }
  let failed = 0;
  for (const soak of wanted) {
    const { run }: Soak = await import(soakFile(soak));
    try {
      await run((row) => {
        const figure = judged(row);
        if (figure.met === false) failed++;
        const [, line = ""] = table([figure]).split("\n");
        say(`${soak}: ${line}\n`);
      });
      say(`${soak}: done\n`);
    } catch (error) {
      failed++;
      complain(`soak: ${soak}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  return failed === 0 ? 0 : 1;
}

function soakFile(name: string): string {
  return new URL(`./${name}.ts`, import.meta.url).href;
}

function isFile(url: string): boolean {
  try {
    return Deno.statSync(new URL(url)).isFile;
  } catch {
    return false;
  }
}

Deno.exit(await main());
