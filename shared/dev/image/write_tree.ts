/** `write_tree.ts SERVICE FOLDER`: copies what a service's image holds of the checkout, and installs its npm packages. */
import { dirname } from "node:path";
import { LOADED_MODULES } from "../loaded_modules.ts";
import { mediasoupFolder } from "../machine_paths.ts";
import { runCommand } from "../run_command.ts";
import { complain } from "../say.ts";
import { isServiceName, type ServiceName } from "../service_names.ts";
import { entryPoint, LOADED_EARLY } from "../services.ts";
import { type ModuleGraph, usedParts } from "./used_parts.ts";

/** What starts the service, and asks whether it is well. */
const OF_THE_IMAGE = ["shared/dev/image/start.ts", "shared/dev/image/healthy.ts", LOADED_EARLY];
const BESIDE_MODULES: Readonly<Record<ServiceName, readonly string[]>> = {
  auth: [],
  global: ["global/web/dist"],
  meeting: [],
  media: [],
};

/** Writes all of the checkout that a service needs, and installs its packages; answers what went wrong, if anything. */
export async function writeTree(service: ServiceName, folder: string): Promise<string | undefined> {
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const entries = [entryPoint(service), ...LOADED_MODULES[service], ...OF_THE_IMAGE];
  const graphs = await Promise.all(entries.map((entry) => graphOf(root, entry)));
  const workspace = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const { files, imports, links } = usedParts(root, graphs, workspace);
  for (const file of [...files, "deno.lock", "shared/dev/image/start.sh"]) await copy(root, folder, file);
  for (const tree of BESIDE_MODULES[service]) await copyTree(root, folder, tree);
  const { nodeModulesDir, allowScripts, unstable, compilerOptions } = workspace;
  const own = { imports, links, nodeModulesDir, allowScripts, unstable, compilerOptions };
  await Deno.writeTextFile(`${folder}/deno.json`, `${JSON.stringify(own, undefined, 2)}\n`);
  const installed = await runCommand(Deno.execPath(), { args: ["install", "--quiet"], cwd: folder });
  if (!installed.success) return installed.lines.join("\n");
  // mediasoup's worker is a program of its own, which the image has elsewhere; these are its sources.
  if (service === "media") await Deno.remove(`${await mediasoupFolder(folder)}/worker`, { recursive: true });
  return undefined;
}

async function main([service, folder]: readonly string[]): Promise<number> {
  if (!isServiceName(service) || folder === undefined) {
    complain("usage: write_tree.ts SERVICE FOLDER\n");
    return 2;
  }
  const problem = await writeTree(service, folder);
  if (problem !== undefined) complain(`${problem}\n`);
  return problem === undefined ? 0 : 1;
}

async function graphOf(root: string, entry: string): Promise<ModuleGraph> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `${root}/${entry}`],
    cwd: root,
  }).output();
  if (!success) throw new Error(`${entry} can't be read: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function copy(root: string, folder: string, file: string): Promise<void> {
  await Deno.mkdir(dirname(`${folder}/${file}`), { recursive: true });
  await Deno.copyFile(`${root}/${file}`, `${folder}/${file}`);
}

async function copyTree(root: string, folder: string, tree: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(`${root}/${tree}`)) {
    const path = `${tree}/${name}`;
    await (isDirectory ? copyTree(root, folder, path) : copy(root, folder, path));
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
