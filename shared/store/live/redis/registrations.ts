import { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import {
  type ControllerEntry,
  type HandlerEntry,
  KEEP_REPLACED_MS,
  type Registrations,
} from "../ports/registrations.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type Kind = "controller" | "handler";
type State = ControllerEntry["state"];
type Heartbeat = z.output<typeof Registrations.heartbeat.input>;
type Unregister = z.output<typeof Registrations.unregister.input>;

const REGISTER = script(`
local known = redis.call('HMGET', KEYS[1], 'owner', 'instance_id', 'drained')
if known[1] and known[1] ~= ARGV[2] then return 'owned_by_another' end
local is_same = known[2] == ARGV[3]
if not is_same and redis.call('ZSCORE', KEYS[3], ARGV[3]) then return 'replaced' end
if known[2] and not is_same then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', whole(now_ms() - ${KEEP_REPLACED_MS}))
  redis.call('ZADD', KEYS[3], whole(now_ms()), known[2])
  redis.call('PEXPIRE', KEYS[3], ${KEEP_REPLACED_MS})
end
local drained = is_same and known[3] or '0'
redis.call('HSET', KEYS[1], 'owner', ARGV[2], 'instance_id', ARGV[3], 'state', ARGV[4], 'load', ARGV[5],
  'heartbeat_ms', ARGV[6], 'registration', ARGV[7], 'drained', drained)
redis.call('SADD', KEYS[2], ARGV[1])
return whole(now_ms())
`);

/**
 * Writes a registration over the one of the same id, if it has the same owner. An instance that was replaced so never
 * comes back. An operator's drain outlasts a second registration of the same instance, not a new instance.
 */
export async function register(
  { redis, keys, clock }: RedisAccess,
  kind: Kind,
  { owner, state, load, heartbeat_ms, ...registration }: ControllerEntry | HandlerEntry,
): Promise<void | Failure<"owned_by_another" | "replaced">> {
  const { id, instance_id } = registration;
  const write = () =>
    redis.run(REGISTER, [keys.process(kind) + id, keys.processes(kind), keys.replaced(kind, id)], [
      id,
      owner,
      instance_id,
      state,
      load,
      clock.toStore(heartbeat_ms),
      JSON.stringify(registration),
    ]);
  const done = await write();
  if (done === "owned_by_another") return fail(done, `The ${kind} "${id}" was registered by another client`);
  if (done === "replaced") return fail(done, `Another instance of the ${kind} "${id}" has registered since`);
  // This machine's clock was set since it was compared last: others would take the process for gone.
  if (clock.note(Number(done))) await write();
}

const BEAT = script(`
local known = redis.call('HMGET', KEYS[1], 'owner', 'instance_id', 'state', 'drained')
if known[1] ~= ARGV[1] or known[2] ~= ARGV[2] then return false end
local state = ARGV[3] == '' and known[3] or ARGV[3]
redis.call('HSET', KEYS[1], 'state', state, 'load', ARGV[4], 'heartbeat_ms', ARGV[5])
return {known[4] == '1' and 'draining' or state, whole(now_ms())}
`);

const beaten = z.tuple([z.enum(["ready", "draining"]), z.coerce.number()]);

/** Notes that an instance is alive, how full it is, and whether it drains. */
export async function beat(
  { redis, keys, clock }: RedisAccess,
  { kind, id, instance_id, owner, state, load, at_ms }: Heartbeat,
): Promise<{ state: State } | Failure<"unknown">> {
  const write = () =>
    redis.run(BEAT, [keys.process(kind) + id], [
      owner,
      instance_id,
      state ?? "",
      load,
      clock.toStore(at_ms),
    ]);
  const reply = await write();
  if (reply === null) return fail("unknown", `There is no instance "${instance_id}" of the ${kind} "${id}"`);
  const [now, storeMs] = beaten.parse(reply);
  if (clock.note(storeMs)) await write();
  return { state: now };
}

const DRAIN = script(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'drained', '1')
return 1
`);

export async function drain(
  { redis, keys }: RedisAccess,
  { kind, id }: { kind: Kind; id: string },
): Promise<void | Failure<"unknown">> {
  const done = await redis.run(DRAIN, [keys.process(kind) + id], []);
  if (done === 0) return fail("unknown", `There is no ${kind} "${id}"`);
}

const UNREGISTER = script(`
local known = redis.call('HMGET', KEYS[1], 'owner', 'instance_id', 'heartbeat_ms')
if known[1] ~= ARGV[2] or (ARGV[3] ~= '' and known[2] ~= ARGV[3]) then return 0 end
if ARGV[4] ~= '' and tonumber(known[3]) > tonumber(ARGV[4]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], ARGV[1])
return 1
`);

export async function unregister(
  { redis, keys, clock }: RedisAccess,
  { kind, id, owner, instance_id = "", unheard_since_ms }: Unregister,
): Promise<void | Failure<"unknown">> {
  const done = await redis.run(UNREGISTER, [keys.process(kind) + id, keys.processes(kind)], [
    id,
    owner,
    instance_id,
    unheard_since_ms === undefined ? "" : clock.toStore(unheard_since_ms),
  ]);
  if (done === 0) return fail("unknown", `There is no ${kind} "${id}" of this owner`);
}

const ENTRIES = script(`
local out = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  out[#out + 1] = redis.call('HMGET', KEYS[2] .. id, 'registration', 'owner', 'state', 'drained', 'load', 'heartbeat_ms')
end
return {whole(math.floor(microseconds() / 1000)), out}
`);

const entryRows = z.tuple([
  z.coerce.number(),
  z.array(z.tuple([
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.coerce.number(),
    z.coerce.number(),
  ])),
]);

/** All registrations of a kind, the dead ones too, in the order of their ids. */
export async function entries<T extends { id: string }>(
  { redis, keys, clock }: RedisAccess,
  kind: Kind,
  schema: z.ZodType<T>,
): Promise<T[]> {
  const reply = await redis.run(ENTRIES, [keys.processes(kind), keys.process(kind)], []);
  const [nowMs, rows] = entryRows.parse(reply);
  clock.note(nowMs);
  const read = rows.map(([registration, owner, state, drained, load, heartbeatMs]) =>
    schema.parse({
      ...JSON.parse(registration),
      owner,
      state: drained === "1" ? "draining" : state,
      load,
      heartbeat_ms: clock.toLocal(heartbeatMs),
    })
  );
  return read.toSorted((a, b) => a.id < b.id ? -1 : 1);
}
