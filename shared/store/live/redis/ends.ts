import { z } from "zod";
import { type EndedAt, KEEP_ENDS_MS, type Leases } from "../ports/leases.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type End = z.output<typeof Leases.end.input>;

const END = script(`
local meeting_id, at_ms = ARGV[1], tonumber(ARGV[2])
local old = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', '(' .. whole(at_ms - tonumber(ARGV[3])))
for _, id in ipairs(old) do
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
end
redis.call('ZADD', KEYS[2], whole(at_ms), meeting_id)
local lease = redis.call('HMGET', KEYS[1], 'controller_id', 'instance_id', 'shard')
if lease[1] then redis.call('HSET', KEYS[3], meeting_id, cjson.encode(lease)) end
return redis.call('HGET', KEYS[3], meeting_id)
`);

/**
 * Notes that a meeting has ended, and reads its lease in the same step: a shard that opened it before is in the answer,
 * and no shard can open it afterwards. A second end answers the same shard again.
 */
export async function end({ redis, keys }: RedisAccess, { meeting_id, at_ms }: End): Promise<EndedAt | null> {
  const at = await redis.run(
    END,
    [keys.lease(meeting_id), keys.ended, keys.endedAt],
    [meeting_id, at_ms, KEEP_ENDS_MS],
  );
  if (typeof at !== "string") return null;
  const [controller_id, instance_id, shard] = z.tuple([z.string(), z.string(), z.string()]).parse(
    JSON.parse(at),
  );
  return { controller_id, instance_id, shard };
}
