import { KEEP_REVOCATIONS_MS } from "../ports/revocations.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

const REVOKE = script(`
local known = redis.call('GET', KEYS[1])
if ARGV[2] == '1' or known == 'banned' then return redis.call('SET', KEYS[1], 'banned', 'PX', ARGV[3]) end
local at = math.max(tonumber(ARGV[1]), tonumber(known) or 0)
return redis.call('SET', KEYS[1], whole(at), 'PX', ARGV[3])
`);

/** Notes that a subject was removed. A ban stays one, whatever follows. Both are kept longer than any token lives. */
export async function revoke(
  { redis, keys }: RedisAccess,
  { meeting_id, sub, banned, at_ms }: { meeting_id: string; sub: string; banned: boolean; at_ms: number },
): Promise<void> {
  await redis.run(REVOKE, [keys.revoked(meeting_id, sub)], [at_ms, banned ? 1 : 0, KEEP_REVOCATIONS_MS]);
}

const READ = script(`return redis.call('GET', KEYS[1])`);

/** Whether a token of this subject, issued at `issuedMs`, is refused. */
export async function isRevoked(
  { redis, keys }: RedisAccess,
  { meeting_id, sub, issued_ms }: { meeting_id: string; sub: string; issued_ms: number },
): Promise<boolean> {
  const until = await redis.run(READ, [keys.revoked(meeting_id, sub)], []);
  return until === "banned" || (until !== null && issued_ms <= Number(until));
}
