import type { Deployment } from "./deployment.ts";

/** Something that befalls a part of a deployment, and is over when `cause` resolves; the part may still be starting. */
export interface Fault {
  readonly name: string;
  cause(): Promise<void>;
}

/** Every process killed, and both engines ended in each way, one after another. */
export function allFaults({ processes, postgres, redis }: Deployment): Fault[] {
  return [
    ...processes.map(({ name, kill }) => ({
      name: `${name} killed`,
      cause: () => Promise.resolve(kill()),
    })),
    ...(["fast", "immediate"] as const).map((how) => ({
      name: how === "fast" ? "PostgreSQL restarted" : "PostgreSQL crashed",
      async cause() {
        await postgres.stop(how);
        await postgres.start();
      },
    })),
    {
      name: "Redis back with older data",
      async cause() {
        await redis.save();
        await redis.kill();
        await redis.start();
      },
    },
    {
      name: "Redis back empty",
      async cause() {
        await redis.kill();
        await redis.start("empty");
      },
    },
  ];
}
