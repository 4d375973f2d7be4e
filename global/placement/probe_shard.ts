import { fetchAsService } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { shardLiveness } from "../../shared/protocol/mod.ts";
import { isRefused } from "./is_refused.ts";
import type { PlacementServices } from "./placement_services.ts";
import type { ProbedShard, Verdict } from "./shard_probe_protocol.ts";

const SCOPE = "service.manage-meetings.mc";
const log = logger("probe_shard");

/**
 * Whether a shard is alive. A refused connection is death. An answer that doesn't come in time is not: moving a slow
 * shard's meetings would lose what it has acknowledged. Then its controller, which supervises it, is asked.
 */
export async function probeShard(
  services: Pick<PlacementServices, "settings" | "serviceTokens">,
  shard: ProbedShard,
): Promise<Verdict> {
  const { probeTimeoutMs } = services.settings;
  const own = await askShard(shard.probe_url, probeTimeoutMs);
  const verdict = own === "undecided" ? await askController(services, shard, probeTimeoutMs) : own;
  const { controller_id, shard: name } = shard;
  if (verdict !== "alive") log.warn("a shard was probed", { controller_id, shard: name, verdict });
  return verdict;
}

/** Any answer is a sign of life. */
async function askShard(url: string, timeoutMs: number): Promise<Verdict> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, { redirect: "manual", signal });
    await answer.body?.cancel();
    return "alive";
  } catch {
    return await isRefused(url, signal) ? "dead" : "undecided";
  }
}

async function askController(
  { serviceTokens }: Pick<PlacementServices, "serviceTokens">,
  { control_url, instance_id, shard }: ProbedShard,
  timeoutMs: number,
): Promise<Verdict> {
  try {
    const sent = await fetchAsService(serviceTokens, SCOPE, {
      url: `${control_url}/api/v1/internal/shards/${encodeURIComponent(shard)}`,
      method: "GET",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!sent.ok) return "undecided";
    const body: unknown = await sent.value.json();
    const parsed = shardLiveness.safeParse(body);
    if (!sent.value.ok || !parsed.success) return "undecided";
    const isSameInstance = parsed.data.instance_id === undefined || parsed.data.instance_id === instance_id;
    return parsed.data.alive && isSameInstance ? "alive" : "dead";
  } catch {
    return "undecided";
  }
}
