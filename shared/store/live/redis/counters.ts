import { z } from "zod";
import { SKEW_MS } from "../../../limits/gcra.ts";
import type { Counters } from "../ports/counters.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type TakeCell = z.output<typeof Counters.takeCell.input>;
type AddCells = z.output<typeof Counters.addCells.input>;

/**
 * `CellRate` of shared/limits/gcra.ts; a counter is kept until it is empty. What was counted before the clock was set back
 * counts as counted now, as in `shared/store/stored_counters.ts`.
 */
const CELL_RATE = `
local function read(key, at)
  local empty, counted = string.match(redis.call('GET', key) or '', '^(%S+) ?(%S*)$')
  empty, counted = tonumber(empty), tonumber(counted)
  if not empty then return -math.huge, false end
  if counted and counted > at + ${SKEW_MS} then return empty - counted + at, true end
  return empty, false
end
local function write(key, empty, at)
  redis.call('SET', key, string.format('%.17g %.17g', empty, at), 'PX', math.max(1, math.ceil(empty - at)))
end
local function add(key, at, milliseconds)
  local empty = math.max(read(key, at), at) + milliseconds
  write(key, empty, at)
  return empty
end
`;

const TAKE = script(`${CELL_RATE}
local at, interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty, is_set_back = read(KEYS[1], at)
local wait = empty - at - tolerance
if wait > 0.001 then
  if is_set_back then write(KEYS[1], empty, at) end
  return string.format('%.3f', wait)
end
add(KEYS[1], at, interval)
return '0'
`);

export async function takeCell(
  { redis, keys, clock }: RedisAccess,
  { rule, key, rate, at_ms }: TakeCell,
): Promise<number> {
  const intervalMs = intervalOf(rate);
  const waitMs = await redis.run(TAKE, [keys.counter(rule, key)], [
    clock.toStore(at_ms),
    intervalMs,
    intervalMs * (rate.burst - 1),
  ]);
  return z.coerce.number().parse(waitMs);
}

const ADD = script(`${CELL_RATE}
local at, out = tonumber(ARGV[1]), {}
for n, key in ipairs(KEYS) do out[n] = string.format('%.3f', add(key, at, tonumber(ARGV[n + 1])) - at) end
return out
`);

/** Adds cells that were taken elsewhere, also beyond their rates. */
export async function addCells(
  { redis, keys, clock }: RedisAccess,
  { cells, at_ms }: AddCells,
): Promise<number[]> {
  const emptyIn = await redis.run(ADD, cells.map(({ rule, key }) => keys.counter(rule, key)), [
    clock.toStore(at_ms),
    ...cells.map(({ rate, cells: times }) => intervalOf(rate) * times),
  ]);
  return z.array(z.coerce.number()).parse(emptyIn);
}

function intervalOf({ count, periodMs }: TakeCell["rate"]): number {
  return periodMs / count;
}
