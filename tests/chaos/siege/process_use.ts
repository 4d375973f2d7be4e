import { childrenOf } from "../../dev/running_up.ts";

/** What a service's process holds, and what it has used. */
export interface ProcessUse {
  readonly descriptors: number;
  readonly memoryMiB: number;
  /** The time that it has had of all cores since its start. */
  readonly cpuSeconds: number;
}

export type Uses = ReadonlyMap<string, ProcessUse>;

const SERVICES = ["auth", "global", "meeting", "media"] as const;
/** Linux counts a process's time in hundredths of a second, whatever the kernel's own clock is (`proc(5)`). */
const TICKS_PER_SECOND = 100;

/** What the services of an `up` hold now, by Linux's count. */
export async function processUse(pid: number): Promise<Uses> {
  const uses = new Map<string, ProcessUse>();
  for (const service of SERVICES) {
    const [process] = await childrenOf(pid, `/${service}/main.ts`);
    if (process === undefined) throw new Error(`${service} doesn't run`);
    const descriptors = [...Deno.readDirSync(`/proc/${process}/fd`)].length;
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await Deno.readTextFile(`/proc/${process}/status`)) ??
      [];
    uses.set(service, {
      descriptors,
      memoryMiB: Number(kibibytes) / 1024,
      cpuSeconds: await cpuSeconds(process),
    });
  }
  return uses;
}

/** The time of all cores that a process has had, its threads' included. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The name of the program, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The most of each service, of two counts. */
export function most(one: Uses, other: Uses): Uses {
  return new Map(
    [...one].map(([service, use]) => {
      const known = other.get(service) ?? use;
      return [service, {
        descriptors: Math.max(known.descriptors, use.descriptors),
        memoryMiB: Math.max(known.memoryMiB, use.memoryMiB),
        cpuSeconds: Math.max(known.cpuSeconds, use.cpuSeconds),
      }];
    }),
  );
}

/** The later count of each service, with the lesser memory of both. */
export function leastMemory(earlier: Uses, later: Uses): Uses {
  return new Map(
    [...later].map(([service, use]) => {
      const memoryMiB = Math.min(use.memoryMiB, earlier.get(service)?.memoryMiB ?? Infinity);
      return [service, { ...use, memoryMiB }];
    }),
  );
}
