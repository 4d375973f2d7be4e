import type { Permissions } from "./permission_flags.ts";
import type { MachinePaths, Plan } from "./plan.ts";
import {
  authPermissions,
  globalPermissions,
  mediaPermissions,
  meetingPermissions,
} from "./service_permissions.ts";
import type { ServiceName } from "./service_names.ts";

/** Where a service that is started by itself, and not by `up`, finds its things. */
export interface Surroundings {
  readonly root: string;
  readonly dataDir: string;
  readonly host: string;
  /** AC's own port: it alone needs no other. */
  readonly authPort: number;
  readonly paths: MachinePaths;
}

/** Where npm's mediasoup really is: flags count for paths without links. A test holds the version to the installed one. */
const MEDIASOUP = "node_modules/.deno/mediasoup@3.27.1/node_modules/mediasoup";

/** A checkout, as an executable finds it: relative, since what was compiled can't compute a flag. */
export const CHECKOUT: Surroundings = {
  root: ".",
  dataDir: ".data",
  host: "127.0.0.1",
  authPort: 8081,
  paths: {
    workerFile: `${MEDIASOUP}/worker/out/Release/mediasoup-worker`,
    mediasoupFolder: MEDIASOUP,
    argon2Folders: ["node_modules/.deno"],
  },
};

/**
 * What a service may do when its peers are only known from the registry: as under `up`, but with the network for
 * all that have peers to find. AC calls nobody and keeps its one address.
 */
export function standalonePermissions(service: ServiceName, surroundings: Surroundings): Permissions {
  const { paths } = surroundings;
  const plan = planAround(surroundings);
  switch (service) {
    case "auth":
      return authPermissions(plan, paths);
    case "global":
      return { ...globalPermissions(plan), net: "all" };
    case "meeting":
      return { ...meetingPermissions(plan, 0), net: "all" };
    case "media":
      return { ...mediaPermissions(plan, paths, 0), net: "all" };
  }
}

function planAround({ root, dataDir, host, authPort }: Surroundings): Plan {
  return {
    root,
    dataDir,
    host,
    port: authPort - 1,
    publicHost: host,
    publicUrl: "",
    rtcPort: 44400,
    shards: 1,
    sfuWorkers: 1,
    handlers: 1,
    controllers: 1,
    authControllers: 1,
  };
}
