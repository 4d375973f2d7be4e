/** `deno task compile`: one executable a service under `dist/`. */
import { LOADED_MODULES } from "./loaded_modules.ts";
import { permissionFlags, type Permissions } from "./permission_flags.ts";
import { databaseHosts } from "../store/postgres_address.ts";
import { writeTree } from "./image/write_tree.ts";
import { type CommandResult, runCommand } from "./run_command.ts";
import { complain, say } from "./say.ts";
import { type ServiceName, SERVICES } from "./service_names.ts";
import { entryPoint, LOADED_EARLY } from "./services.ts";
import { stdoutScreen } from "./setup/set_up.ts";
import { npmPackages } from "./setup/npm_packages.ts";
import { runSteps } from "./setup/run_steps.ts";
import { webPage } from "./setup/web_page.ts";
import { CHECKOUT, standalonePermissions } from "./standalone.ts";

/** Files that a service reads while it runs, beyond its modules. */
const READ: Partial<Record<ServiceName, readonly string[]>> = { global: ["global/web/dist"] };

/**
 * Parts of npm packages that no service needs, as `package@` and the folder in it. bintrees' test data is a file of
 * 100,000 numbers that Deno 2.9 takes for a program, and whose depth it doesn't survive (denoland/deno#36746).
 */
export const EXCLUDED: readonly (readonly [start: string, folder: string])[] = [
  ["bintrees@", "/node_modules/bintrees/test"],
];

/** Which folders of a checkout, or of a service's part of it, that are. */
export async function excludedFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for await (const { name } of Deno.readDir(`${root}/node_modules/.deno`)) {
    const excluded = EXCLUDED.find(([start]) => name.startsWith(start));
    if (excluded !== undefined) folders.push(`node_modules/.deno/${name}${excluded[1]}`);
  }
  return folders.sort();
}

/** An executable's permissions: a checkout's, and for AC the PostgreSQL that the environment names. */
function compiledPermissions(
  service: ServiceName,
  env: Readonly<Record<string, string>>,
): Permissions {
  const permissions = standalonePermissions(service, CHECKOUT);
  if (service !== "auth" || !Array.isArray(permissions.net)) return permissions;
  return { ...permissions, net: [...permissions.net, ...databaseHosts(env["DT_DATABASE_URL"] ?? "")] };
}

/** Arguments of the `deno` program that compile one service. */
export function compileArgs(
  service: ServiceName,
  output: string,
  excluded: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string[] {
  return [
    "compile",
    "--quiet",
    "--no-prompt",
    "--no-check",
    "--output",
    output,
    "--preload",
    LOADED_EARLY,
    ...permissionFlags(compiledPermissions(service, env)),
    ...[...LOADED_MODULES[service], ...(READ[service] ?? [])].flatMap((file) => ["--include", file]),
    ...excluded.flatMap((folder) => ["--exclude", folder]),
    entryPoint(service),
  ];
}

/** Compiles from a folder with the service's modules and packages alone: all of `node_modules` would be embedded. */
export async function compileService(
  service: ServiceName,
  output: string,
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-compile-" });
  try {
    const problem = await writeTree(service, folder);
    if (problem !== undefined) return { success: false, code: 1, lines: [problem] };
    const args = compileArgs(service, output, await excludedFolders(folder), env);
    return await runCommand(Deno.execPath(), { args, cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const root = await Deno.realPath(`${import.meta.dirname}/../..`);
  const signal = new AbortController().signal;
  const steps = [npmPackages(root, Boolean(Deno.env.get("CI"))), webPage(root)];
  const failure = await runSteps(steps, stdoutScreen(), signal);
  if (failure !== undefined) {
    complain(`compile: ${failure.line}\n`);
    return 1;
  }
  const denort = Deno.env.get("DENORT_BIN");
  if (denort && !await isFile(denort)) {
    complain(`compile: DENORT_BIN is "${denort}", which is not a file\n`);
    return 1;
  }
  for (const service of SERVICES) {
    const file = `dist/dark-tower-${service}`;
    const result = await compileService(service, `${root}/${file}`, Deno.env.toObject());
    if (!result.success) {
      await removeUnfinished(`${root}/dist`);
      complain(`compile: ${service}: ${reason(result.lines)}\n`);
      return 1;
    }
    say(`${file}\n`);
  }
  return 0;
}

/** Deno's own runtime for executables is the one thing that npm doesn't have. */
function reason(lines: readonly string[]): string {
  const text = lines.join(" ").replaceAll(/\s+/g, " ");
  if (/dl\.deno\.land|denort/i.test(text)) {
    const { target } = Deno.build;
    return `could not get denort ${Deno.version.deno} for ${target}, Deno's runtime for executables; DENORT_BIN names a local one`;
  }
  return text.slice(0, 400);
}

/** Deno leaves the file that it was writing. */
async function removeUnfinished(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.includes(".tmp-")) await Deno.remove(`${folder}/${name}`);
  }
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}

if (import.meta.main) Deno.exit(await main());
