/** `start.ts SERVICE`, in an image: writes the script that starts the service with what its settings need. */
import { argon2Folders, mediasoupFolder } from "../machine_paths.ts";
import { ownPermissions, unusableSetting } from "../own_permissions.ts";
import type { MachinePaths } from "../plan.ts";
import { complain, say } from "../say.ts";
import { isServiceName, type ServiceName } from "../service_names.ts";
import { givenNames, ownSettings, unknownOwnSettings } from "../tasks/own_settings.ts";
import { unreadableVariable } from "../unreadable_variable.ts";
import { withAddresses } from "../with_addresses.ts";
import { startCommand } from "./start_command.ts";

const [service] = Deno.args;
if (!isServiceName(service)) {
  complain(`start: "${service ?? ""}" is no service\n`);
  Deno.exit(2);
}
const root = Deno.cwd();
const environment = Deno.env.toObject();
const own = ownSettings(service, environment);
for (const line of unknownOwnSettings(service, Object.keys(environment))) complain(`${service}: ${line}\n`);
const unusable = unreadableVariable(givenNames(service), (name) => Deno.env.get(name)) ??
  unusableSetting(own);
if (unusable !== undefined) {
  complain(`${service}: ${unusable}\n`);
  Deno.exit(2);
}
const permissions = ownPermissions(service, {
  root,
  paths: await pathsOf(service, root, environment["MEDIASOUP_WORKER_BIN"] ?? ""),
  env: withAddresses(own, Deno.readTextFileSync),
});
say(startCommand(service, permissions, environment, Deno.execPath()));

/** What the image of this service has of it. */
async function pathsOf(service: ServiceName, root: string, workerFile: string): Promise<MachinePaths> {
  return {
    workerFile,
    mediasoupFolder: service === "media" ? await mediasoupFolder(root) : "",
    argon2Folders: service === "auth" ? await argon2Folders(root) : [],
  };
}
