import { childrenOf } from "../../dev/running_up.ts";

/** What a service's process holds. */
export interface ProcessUse {
  readonly descriptors: number;
  readonly memoryMiB: number;
}

const SERVICES = ["auth", "global", "meeting", "media"] as const;

/** What the services of an `up` hold now, by Linux's count. */
export async function processUse(pid: number): Promise<ReadonlyMap<string, ProcessUse>> {
  const uses = new Map<string, ProcessUse>();
  for (const service of SERVICES) {
    const [process] = await childrenOf(pid, `/${service}/main.ts`);
    if (process === undefined) throw new Error(`${service} doesn't run`);
    const descriptors = [...Deno.readDirSync(`/proc/${process}/fd`)].length;
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await Deno.readTextFile(`/proc/${process}/status`)) ??
      [];
    uses.set(service, { descriptors, memoryMiB: Number(kibibytes) / 1024 });
  }
  return uses;
}
