import type { Lease } from "../ports/leases.ts";

/** A lease as a script answers it; `false` where there is none. */
export const READ_LEASE = `
local function read_lease(key)
  local row = redis.call('HMGET', key, 'controller_id', 'instance_id', 'shard', 'handlers', 'facts', 'generation')
  return row[1] and row
end
`;

/** Notes that a meeting's lease is in use. */
export const USE_LEASE = `
local function use_lease(key, meeting_id) redis.call('ZADD', key, whole(now_ms()), meeting_id) end
`;

/**
 * Writes a lease whose place is in the first five arguments, as `placeOf` gives them, and the epoch of its assignment: one
 * run of Redis may be the master twice, with another one between.
 */
export const WRITE_LEASE = `
local function write_lease(key, generation, run, since)
  redis.call('HSET', key, 'controller_id', ARGV[1], 'instance_id', ARGV[2], 'shard', ARGV[3], 'handlers', ARGV[4],
    'facts', ARGV[5], 'generation', generation, 'run', run, 'since_ms', since)
end
`;

export function placeOf(
  { controller_id, instance_id, shard, handlers, facts }: Omit<Lease, "meeting_id" | "generation">,
): string[] {
  return [controller_id, instance_id, shard, JSON.stringify(handlers), JSON.stringify(facts)];
}
