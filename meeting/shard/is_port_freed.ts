import { logger } from "../../shared/log/mod.ts";

/** How long a shard that was given up may take to let go of its port. */
const patienceMs = 2_000;
const pauseMs = 50;

/**
 * Whether a port is free soon. A shard in an endless loop keeps its own, also after its Worker was terminated. Where the
 * port can't be tried, for want of descriptors for instance, it is tried again within the same time.
 */
export async function isPortFreed(hostname: string, port: number): Promise<boolean> {
  let obstacle: unknown;
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pauseMs) {
    try {
      if (isFree(hostname, port)) return true;
      obstacle = undefined;
    } catch (error) {
      obstacle = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (obstacle !== undefined) {
    logger("shard").warn("can't find out whether a shard's port is free", { port, error: obstacle });
  }
  return false;
}

/** Whether a port is free now. Throws what else keeps it from being opened. */
export function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return false;
  }
}
