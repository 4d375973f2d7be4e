/** How long a shard that was given up may take to let go of its port. */
const patienceMs = 2_000;
const pauseMs = 50;

/** Whether a port is free soon. A shard in an endless loop keeps its own, also after its Worker was terminated. */
export async function isPortFreed(hostname: string, port: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += pauseMs) {
    if (isFree(hostname, port)) return true;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
}

export function isFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return false;
  }
}
