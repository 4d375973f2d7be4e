import { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import {
  type Epoch,
  firstGeneration,
  type Lease,
  lease,
  type Leases,
  type MeetingFacts,
  NO_INSTANCE,
} from "../ports/leases.ts";
import { placeOf, READ_LEASE, USE_LEASE, WRITE_LEASE } from "./lease_fields.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type Assign = z.output<typeof Leases.assign.input>;
type Acquire = z.output<typeof Leases.acquire.input>;
type Place = z.output<typeof Leases.placedOn.input>;

const LEASE = script(`${READ_LEASE} return read_lease(KEYS[1])`);

export async function leaseOf({ redis, keys }: RedisAccess, meetingId: string): Promise<Lease | null> {
  const row = await redis.run(LEASE, [keys.lease(meetingId)], []);
  return row === null ? null : toLease(meetingId, row);
}

const PLACED = script(`
local out = {}
for n, key in ipairs(KEYS) do out[n] = redis.call('HMGET', key, 'controller_id', 'instance_id', 'shard', 'generation') end
return out
`);

export async function placed({ redis, keys }: RedisAccess, meetingIds: readonly string[]) {
  const reply = await redis.run(PLACED, meetingIds.map((id) => keys.lease(id)), []);
  return placedLeases(meetingIds, reply);
}

/** The leases of these meetings, in whose order the reply has controller, instance, shard and generation. */
export function placedLeases(meetingIds: readonly string[], reply: unknown) {
  const field = z.string().nullable();
  const rows = z.array(z.tuple([field, field, field, field])).parse(reply);
  return rows.flatMap(([controller_id, instance_id, shard, generation], n) => {
    const meeting_id = meetingIds[n];
    if (controller_id === null || instance_id === null || shard === null) return [];
    if (meeting_id === undefined) return [];
    return [{ meeting_id, controller_id, instance_id, shard, generation: Number(generation) }];
  });
}

const PLACED_ON = script(`
local next, found = unpack(redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000))
local out = { next }
for _, key in ipairs(found) do
  local place = redis.call('HMGET', key, 'controller_id', 'instance_id', 'shard')
  if place[1] == ARGV[3] and place[2] == ARGV[4] and place[3] == ARGV[5] then out[#out + 1] = key end
end
return out
`);

/** Looks through all that Redis holds, a part at a time: only a shard that starts asks for this. */
export async function placedOn(
  { redis, keys }: RedisAccess,
  { controller_id, instance_id, shard }: Place,
): Promise<string[]> {
  const prefix = keys.lease("");
  const pattern = `${prefix.replaceAll(/[*?[\]\\]/g, "\\$&")}*`;
  const meetingIds = new Set<string>();
  let cursor = "0";
  do {
    const reply = await redis.run(PLACED_ON, [], [cursor, pattern, controller_id, instance_id, shard]);
    const [next = "0", ...found] = z.array(z.string()).parse(reply);
    for (const key of found) meetingIds.add(key.slice(prefix.length));
    cursor = next;
  } while (cursor !== "0");
  return [...meetingIds];
}

const ASSIGN = script(`${READ_LEASE} ${WRITE_LEASE} ${USE_LEASE}
local meeting_id, expected, generation = ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local created_ms, settling_ms = tonumber(ARGV[9]), tonumber(ARGV[10])
if redis.call('ZSCORE', KEYS[2], meeting_id) then return 'ended' end
local run, since_ms = epoch(KEYS[4])
local known = tonumber(redis.call('HGET', KEYS[1], 'generation'))
if (known or 0) ~= expected then return 'changed' end
if created_ms < since_ms and microseconds() / 1000 < since_ms + settling_ms then return 'settling' end
if generation <= (known or tonumber(redis.call('GET', KEYS[3])) or 0) then return 'changed' end
write_lease(KEYS[1], whole(generation), run, whole(since_ms))
use_lease(KEYS[5], meeting_id)
return read_lease(KEYS[1])
`);

/** Places a meeting by comparing and setting: of two that try at once, one gets `changed`. */
export async function assign(
  { redis, keys, clock, settlingMs }: RedisAccess,
  { meeting_id, expected_generation, term, ...place }: Assign,
): Promise<Lease | Failure<"changed" | "ended" | "settling">> {
  const createdMs = clock.toStore(Date.parse(place.facts.meeting.created_at));
  const reply = await redis.run(
    ASSIGN,
    [keys.lease(meeting_id), keys.ended, keys.released(meeting_id), keys.epoch, keys.used],
    [...placeOf(place), meeting_id, expected_generation, firstGeneration(term), createdMs, settlingMs],
  );
  switch (reply) {
    case "ended":
      return fail("ended", `Cannot place meeting "${meeting_id}": it has ended`);
    case "changed":
      return fail("changed", `Cannot place meeting "${meeting_id}": somebody else just did`);
    case "settling":
      return fail("settling", `Cannot place meeting "${meeting_id}" yet: its controller may still run it`);
    default:
      return toLease(meeting_id, reply);
  }
}

/**
 * The generation may rise by one only in a lease that was assigned in this epoch: a copy that was behind may have missed
 * openings, and so may a controller that wrote its lease back. An older program notes the run of Redis alone. It leaves
 * the `since_ms` of an earlier assignment as it was, so a lost lease has none.
 */
const ACQUIRE = script(`${READ_LEASE} ${USE_LEASE}
if redis.call('ZSCORE', KEYS[2], ARGV[4]) then return 'ended' end
local known = redis.call('HMGET', KEYS[1], 'controller_id', 'instance_id', 'shard', 'run', 'since_ms')
if known[1] ~= ARGV[1] or known[2] ~= ARGV[2] or known[3] ~= ARGV[3] then return 'elsewhere' end
local run, since_ms = epoch(KEYS[4])
if known[4] ~= run or (known[5] and known[5] ~= whole(since_ms)) then
  redis.call('HSET', KEYS[1], 'instance_id', ARGV[5])
  redis.call('HDEL', KEYS[1], 'since_ms')
  return 'lost'
end
redis.call('HINCRBY', KEYS[1], 'generation', 1)
use_lease(KEYS[3], ARGV[4])
return read_lease(KEYS[1])
`);

/** Opens a meeting on the shard that it was placed on, unless it has ended. */
export async function acquire(
  { redis, keys }: RedisAccess,
  { meeting_id, controller_id, instance_id, shard }: Acquire,
): Promise<Lease | Failure<"not_here">> {
  const place = [controller_id, instance_id, shard, meeting_id, NO_INSTANCE];
  const reply = await redis.run(ACQUIRE, [keys.lease(meeting_id), keys.ended, keys.used, keys.epoch], place);
  if (reply === "ended") return fail("not_here", `Cannot open meeting "${meeting_id}": it has ended`);
  if (reply === "lost") {
    return fail(
      "not_here",
      `Cannot open meeting "${meeting_id}": Redis had lost it, it has to be placed anew`,
    );
  }
  if (reply === "elsewhere") {
    return fail("not_here", `Cannot open meeting "${meeting_id}": it was not placed on this shard`);
  }
  return toLease(meeting_id, reply);
}

const UPDATE_FACTS = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'facts', ARGV[1])
return 1
`);

export async function updateFacts(
  { redis, keys }: RedisAccess,
  meetingId: string,
  facts: MeetingFacts,
): Promise<void | Failure<"unknown">> {
  const done = await redis.run(UPDATE_FACTS, [keys.lease(meetingId)], [JSON.stringify(facts)]);
  if (done === 0) return fail("unknown", `Meeting "${meetingId}" is not placed`);
}

const UPDATE_HANDLERS = script(`
if tonumber(redis.call('HGET', KEYS[1], 'generation')) ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'handlers', ARGV[2])
return 1
`);

export async function updateHandlers(
  { redis, keys }: RedisAccess,
  { meeting_id, generation, handlers }: Pick<Lease, "meeting_id" | "generation" | "handlers">,
): Promise<void | Failure<"fenced">> {
  const done = await redis.run(UPDATE_HANDLERS, [keys.lease(meeting_id)], [
    generation,
    JSON.stringify(handlers),
  ]);
  if (done === 0) return fail("fenced", `Meeting "${meeting_id}" was placed or opened anew since`);
}

/** How long the generation of a released lease is kept: longer than a controller that was fenced out goes on. */
const KEEP_RELEASED_MS = 24 * 3_600_000;

const RELEASE = script(`
local known = redis.call('HGET', KEYS[1], 'generation')
if not known then return 1 end
if tonumber(known) ~= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SET', KEYS[4], known, 'PX', ARGV[2])
redis.call('ZREM', KEYS[5], ARGV[3])
return 1
`);

/** Deletes a meeting's lease, snapshot and chat, if it has any. Its generation is remembered for a while. */
export async function release(
  { redis, keys }: RedisAccess,
  meetingId: string,
  generation: number,
): Promise<void | Failure<"fenced">> {
  const done = await redis.run(
    RELEASE,
    [
      keys.lease(meetingId),
      keys.snapshot(meetingId),
      keys.chat(meetingId),
      keys.released(meetingId),
      keys.used,
    ],
    [generation, KEEP_RELEASED_MS, meetingId],
  );
  if (done === 0) return fail("fenced", `Cannot release meeting "${meetingId}": it was opened anew since`);
}

const WRITE_BACK = script(`${WRITE_LEASE} ${USE_LEASE}
local meeting_id, generation = ARGV[6], tonumber(ARGV[7])
if redis.call('ZSCORE', KEYS[3], meeting_id) then return 0 end
local known = tonumber(redis.call('HGET', KEYS[1], 'generation'))
local highest = known or tonumber(redis.call('GET', KEYS[2])) or 0
if highest >= generation then return 0 end
write_lease(KEYS[1], whole(generation), 'written back', '')
use_lease(KEYS[4], meeting_id)
return 1
`);

/** Writes a lease that Redis has lost. Whoever wrote it goes on; nobody can open the meeting by it. */
export async function writeBack(
  { redis, keys }: RedisAccess,
  { meeting_id, generation, ...place }: Lease,
): Promise<void | Failure<"fenced">> {
  const done = await redis.run(
    WRITE_BACK,
    [keys.lease(meeting_id), keys.released(meeting_id), keys.ended, keys.used],
    [...placeOf(place), meeting_id, generation],
  );
  if (done === 0) return fail("fenced", `Meeting "${meeting_id}" was opened anew, or is over`);
}

const EPOCH = script(`
local run, since_ms = epoch(KEYS[1])
return {run, whole(since_ms), whole(math.floor(microseconds() / 1000))}
`);

export async function epoch({ redis, keys, clock, settlingMs }: RedisAccess): Promise<Epoch> {
  const reply = await redis.run(EPOCH, [keys.epoch], []);
  const [run, sinceMs, nowMs] = z.tuple([z.string(), z.coerce.number(), z.coerce.number()]).parse(reply);
  clock.note(nowMs);
  const isSettling = nowMs < sinceMs + settlingMs;
  return { epoch: `${run}:${sinceMs}`, ...(isSettling && { lost_before_ms: clock.toLocal(sinceMs) }) };
}

const row = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.coerce.number(),
]);

function toLease(meeting_id: string, reply: unknown): Lease {
  const [controller_id, instance_id, shard, handlers, facts, generation] = row.parse(reply);
  return lease.parse({
    meeting_id,
    controller_id,
    instance_id,
    shard,
    generation,
    handlers: JSON.parse(handlers),
    facts: JSON.parse(facts),
  });
}
