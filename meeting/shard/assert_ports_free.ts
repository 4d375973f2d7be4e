import { lastPortProblem } from "../../shared/config/mod.ts";
import { StartError } from "../../shared/service/mod.ts";
import { isFree } from "./is_port_freed.ts";

/**
 * Checks the shards' ports before the shards start: a shard with a taken port could only crash.
 *
 * @throws {StartError} if one of the shards' ports is taken, or there are not so many
 */
export function assertPortsFree(hostname: string, firstPort: number, count: number): void {
  const problem = lastPortProblem(
    { name: "DT_SHARD_PORT", value: firstPort },
    { name: "DT_SHARDS", value: count },
  );
  if (problem !== undefined) throw new StartError(problem);
  for (let port = firstPort; port < firstPort + count; port++) {
    if (isFree(hostname, port)) continue;
    const where = `port ${port} on ${hostname}`;
    throw new StartError(
      `${where} is taken by another program: stop it, or set DT_SHARD_PORT to another port`,
    );
  }
}
