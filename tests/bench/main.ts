/** `deno task bench [NAME] [--json FILE]`: measures, prints a table, writes the rows to a file. */
import { complain, say } from "../../shared/dev/say.ts";
import { testProgramVariables } from "../../shared/dev/setup/test_programs.ts";
import { workerFile } from "../../shared/dev/setup/mediasoup_worker.ts";
import { setUp } from "../../shared/dev/setup/set_up.ts";
import { judged, type Row } from "./row.ts";
import { table } from "./table.ts";

const NAMES = ["actor", "auth", "meeting", "media", "join", "web"] as const;

function refuse(message: string): never {
  complain(`bench: ${message}\n`);
  Deno.exit(2);
}

async function main(): Promise<void> {
  const args = [...Deno.args];
  const jsonAt = args.indexOf("--json");
  const [, jsonFile] = jsonAt === -1 ? [] : args.splice(jsonAt, 2);
  if (jsonAt !== -1 && jsonFile === undefined) refuse("--json needs the name of a file");
  if (args.length > 1) refuse("usage: deno task bench [NAME] [--json FILE]");
  const [name] = args;
  const existing = NAMES.filter((candidate) => isFile(benchFile(candidate)));
  const wanted = existing.filter((candidate) => name === undefined || candidate === name);
  if (name !== undefined && wanted.length === 0) {
    refuse(`no benchmark "${name}"; there is ${existing.join(", ") || "none"}`);
  }

  const root = await Deno.realPath(`${import.meta.dirname}/../..`);
  const failure = await setUp(root, "tests", new AbortController().signal);
  if (failure !== undefined) {
    complain(`bench: ${failure.line}\n`);
    Deno.exit(1);
  }
  Deno.env.set("MEDIASOUP_WORKER_BIN", await workerFile(root) ?? "");
  for (const [variable, file] of Object.entries(testProgramVariables((name) => Deno.env.get(name)))) {
    Deno.env.set(variable, file);
  }
  const rows: Row[] = [];
  for (const bench of wanted) {
    const { run }: { run(): Promise<readonly Row[]> } = await import(benchFile(bench));
    const measured = (await run()).map(judged);
    say(`\n${bench}\n${table(measured)}\n`);
    rows.push(...measured);
  }
  if (jsonFile !== undefined) {
    await Deno.writeTextFile(jsonFile, `${JSON.stringify({ rows }, undefined, 2)}\n`);
  }
}

function benchFile(name: string): string {
  return new URL(`./${name}.ts`, import.meta.url).href;
}

function isFile(url: string): boolean {
  try {
    return Deno.statSync(new URL(url)).isFile;
  } catch {
    return false;
  }
}

await main();
Deno.exit(0);
