import type { MachinePaths, Plan } from "../../shared/dev/plan.ts";

/** A plan as `up` makes it from its defaults on two cores. */
export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    root: "/checkout",
    dataDir: "/data",
    port: 8080,
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    publicUrl: "http://localhost:8080",
    rtcPort: 44400,
    shards: 2,
    sfuWorkers: 2,
    handlers: 1,
    controllers: 1,
    authControllers: 1,
    ...changes,
  };
}

export const SOME_PATHS: MachinePaths = {
  workerFile: "/cache/mediasoup-worker",
  mediasoupFolder: "/checkout/node_modules/.deno/mediasoup",
  argon2Folders: ["/checkout/node_modules/.deno/argon2"],
};
