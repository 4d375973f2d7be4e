import { createHash } from "node:crypto";

/** A Lua script, which Redis runs as one step, and knows by the SHA-1 of its text once it was sent. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Functions that scripts may call. */
const LIBRARY = `
-- Changes whenever Redis starts or a replica takes over.
local function this_run() return string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') end
local function microseconds() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
local function whole(number) return string.format('%.0f', number) end
local function now_ms() return math.floor(microseconds() / 1000) end
-- Notes when the data was last lost: by a start of Redis, a replica that took over, or an emptied database.
local function epoch(key)
  local run = this_run()
  if redis.call('HGET', key, 'run') ~= run then
    redis.call('HSET', key, 'run', run, 'since_ms', whole(math.floor(microseconds() / 1000)))
  end
  return run, tonumber(redis.call('HGET', key, 'since_ms'))
end
`;

export function script(text: string): Script {
  const whole = LIBRARY + text;
  return { text: whole, sha: createHash("sha1").update(whole).digest("hex") };
}
