import { z } from "zod";
import { GENERATIONS_PER_TERM, type Leases, MOST_LEASES, NOTE_USE_MS } from "../ports/leases.ts";
import { USE_LEASE } from "./lease_fields.ts";
import { placedLeases } from "./leases.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type Hold = z.output<typeof Leases.hold.input>;
type Unused = z.output<typeof Leases.unused.input>;
type Forget = z.output<typeof Leases.forget.input>;

const HOLD = script(`${USE_LEASE}
local due_ms = now_ms() - ${NOTE_USE_MS}
local function is_due(meeting_id)
  local used_ms = redis.call('ZSCORE', KEYS[1], meeting_id)
  return not used_ms or tonumber(used_ms) <= due_ms
end
local out = {}
for n = 3, #ARGV do
  local place = redis.call('HMGET', KEYS[n - 1], 'controller_id', 'instance_id', 'shard', 'generation')
  if place[1] == ARGV[1] and place[2] == ARGV[2] and is_due(ARGV[n]) then use_lease(KEYS[1], ARGV[n]) end
  out[#out + 1] = place
end
return out
`);

/** Which of these meetings are placed; notes that those that are placed on this instance are in use. */
export async function hold(
  { redis, keys }: RedisAccess,
  { meeting_ids, controller_id, instance_id }: Hold,
) {
  const reply = await redis.run(
    HOLD,
    [keys.used, ...meeting_ids.map((id) => keys.lease(id))],
    [controller_id, instance_id, ...meeting_ids],
  );
  return placedLeases(meeting_ids, reply);
}

/** Of a lease that was used at this time; the first two arguments are the ages from which one is unused. */
const IS_UNUSED = `
local function is_unused(used_ms, generation)
  local age_ms = now_ms() - used_ms
  local is_unopened = tonumber(generation) % ${GENERATIONS_PER_TERM} == 0
  return age_ms >= tonumber(ARGV[1]) or (is_unopened and age_ms >= tonumber(ARGV[2]))
end
`;

const UNUSED = script(`${IS_UNUSED}
local until_ms = now_ms() - math.min(tonumber(ARGV[1]), tonumber(ARGV[2]))
local used = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', whole(until_ms), 'WITHSCORES')
local out = {}
for n = 1, #used, 2 do
  if #out >= tonumber(ARGV[4]) then break end
  local place = redis.call('HMGET', ARGV[3] .. used[n], 'controller_id', 'instance_id', 'shard', 'generation')
  if not place[1] then
    redis.call('ZREM', KEYS[1], used[n])
  elseif is_unused(tonumber(used[n + 1]), place[4]) then
    out[#out + 1] = { used[n], place[1], place[2], place[3], place[4] }
  end
end
return out
`);

const unusedRows = z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.coerce.number()]));

export async function unused({ redis, keys }: RedisAccess, { unused_ms, unopened_ms }: Unused) {
  const reply = await redis.run(UNUSED, [keys.used], [unused_ms, unopened_ms, keys.lease(""), MOST_LEASES]);
  return unusedRows.parse(reply).map(([meeting_id, controller_id, instance_id, shard, generation]) => ({
    meeting_id,
    controller_id,
    instance_id,
    shard,
    generation,
  }));
}

const FORGET = script(`${IS_UNUSED}
local used_ms = redis.call('ZSCORE', KEYS[1], ARGV[3])
local generation = redis.call('HGET', KEYS[2], 'generation')
if not used_ms or not generation or not is_unused(tonumber(used_ms), generation) then return 0 end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[1], ARGV[3])
return 1
`);

export async function forget(
  { redis, keys }: RedisAccess,
  { meeting_ids, unused_ms, unopened_ms }: Forget,
): Promise<void> {
  await Promise.all(meeting_ids.map((id) =>
    redis.run(
      FORGET,
      [keys.used, keys.lease(id), keys.snapshot(id), keys.chat(id)],
      [unused_ms, unopened_ms, id],
    )
  ));
}
