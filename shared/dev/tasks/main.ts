/** `deno task auth`, `global`, `meeting`, `media`: runs one service in a folder that `up` or `prepare` has prepared. */
import { load } from "../../config/load.ts";
import { machinePaths } from "../machine_paths.ts";
import { unusableSetting } from "../own_permissions.ts";
import { complain } from "../say.ts";
import { isServiceName, SERVICES } from "../service_names.ts";
import { workerFile } from "../setup/mediasoup_worker.ts";
import { withoutOperator } from "../up/bootstrap.ts";
import { planOf, upSettings } from "../up/settings.ts";
import { whenReady } from "../up/when_ready.ts";
import { unreadableVariable } from "../unreadable_variable.ts";
import { givenNames, ownSettings, unknownOwnSettings } from "./own_settings.ts";
import { type ServiceTask, serviceTask } from "./service_task.ts";

function refuse(service: string, message: string): never {
  complain(`${service}: ${message}\n`);
  Deno.exit(2);
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (!isServiceName(name)) return refuse("task", `name a service: ${SERVICES.join(", ")}`);
  const unreadable = unreadableVariable(givenNames(name), (variable) => Deno.env.get(variable));
  if (unreadable !== undefined) refuse(name, unreadable);
  const environment = Deno.env.toObject();
  for (const line of unknownOwnSettings(name, Object.keys(environment))) complain(`${name}: ${line}\n`);
  const unusable = unusableSetting(ownSettings(name, environment));
  if (unusable !== undefined) refuse(name, unusable);
  const root = await Deno.realPath(`${import.meta.dirname}/../../..`);
  const worker = name === "media" ? environment["MEDIASOUP_WORKER_BIN"] || await workerFile(root) : "";
  if (worker === undefined) refuse(name, "there is no mediasoup worker: `deno task prepare` gets one");
  const layout = load(upSettings(navigator.hardwareConcurrency), {
    env: () => undefined,
    readFile: () => "",
  });
  const planned = layout.ok ? planOf(layout.value, root, Deno.cwd()) : layout;
  if (!planned.ok) refuse(name, planned.message);
  const paths = await machinePaths(root, worker).catch(() =>
    refuse(name, "the npm packages are not installed: `deno task prepare` does that")
  );
  const serves = args.length === 0;
  const task = serviceTask(name, planned.value, paths, environment, Deno.readTextFileSync, { serves });
  for (const file of serves ? task.files : []) {
    if (!await isThere(file)) {
      refuse(name, `there is no file ${file}: \`deno task prepare\` makes what is missing`);
    }
  }
  return await run(task, args, serves);
}

/** Hands on the signals that it gets; the service ends as on SIGTERM when this process is gone. */
async function run(task: ServiceTask, args: readonly string[], serves: boolean): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...task.args, ...args],
    clearEnv: true,
    env: { ...task.env },
    // A command reads what it is given; a service notices by the end of its input that this process is gone.
    stdin: serves ? "piped" : "inherit",
  }).spawn();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      try {
        child.kill(signal);
      } catch {
        // It has ended already: a terminal's Ctrl-C reaches it too.
      }
    });
  }
  const ended = new AbortController();
  const { DT_BOOTSTRAP_FILE: bootstrapFile } = task.env;
  const forgetting = serves && bootstrapFile !== undefined
    ? forgetOperator(task.readyUrl, bootstrapFile, ended.signal)
    : undefined;
  const { code } = await child.status;
  ended.abort();
  await forgetting;
  if (serves) await child.stdin.close().catch(() => {});
  return code;
}

/** Takes the operator's password out of the bootstrap file, once AC has it. */
async function forgetOperator(readyUrl: string, file: string, signal: AbortSignal): Promise<void> {
  const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  if (!await whenReady(readyUrl, { signal, fetch, pause, onWaiting() {} })) return;
  await withoutOperator(file).catch((error: Error) =>
    complain(`auth: ${file} keeps a password: ${error.message}\n`)
  );
}

async function isThere(file: string): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}

Deno.exit(await main(Deno.args));
