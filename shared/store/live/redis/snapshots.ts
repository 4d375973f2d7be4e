import { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import { KEPT_MESSAGES, type Snapshots, type StoredMeeting } from "../ports/snapshots.ts";
import type { RedisAccess } from "./redis_access.ts";
import { script } from "./script.ts";

type Save = z.output<typeof Snapshots.saveSnapshot.input>;

const SAVE = script(`
if tonumber(redis.call('HGET', KEYS[1], 'generation')) ~= tonumber(ARGV[1]) then return 0 end
if ARGV[2] == '1' then redis.call('SET', KEYS[2], ARGV[3]) end
local last
for n = 5, #ARGV, 2 do
  last = tonumber(ARGV[n])
  redis.call('ZADD', KEYS[3], last, ARGV[n] .. ' ' .. ARGV[n + 1])
end
if last then redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', last - tonumber(ARGV[4])) end
return 1
`);

/** Writes a meeting's snapshot and appends to its chat, if `generation` is still its lease's. */
export async function saveSnapshot(
  { redis, keys }: RedisAccess,
  { meeting_id, generation, snapshot, chat }: Save,
): Promise<void | Failure<"fenced">> {
  const done = await redis.run(
    SAVE,
    [keys.lease(meeting_id), keys.snapshot(meeting_id), keys.chat(meeting_id)],
    [
      generation,
      snapshot === null ? 0 : 1,
      snapshot ?? "",
      KEPT_MESSAGES,
      ...chat.flatMap(({ number, message }) => [number, message]),
    ],
  );
  if (done === 0) {
    return fail("fenced", `Cannot save meeting "${meeting_id}": it was opened anew, or is over`);
  }
}

const LOAD = script(`return {redis.call('GET', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1)}`);

export async function loadSnapshot({ redis, keys }: RedisAccess, meetingId: string): Promise<StoredMeeting> {
  const reply = await redis.run(LOAD, [keys.snapshot(meetingId), keys.chat(meetingId)], []);
  const [snapshot, members] = z.tuple([z.string().nullable(), z.array(z.string())]).parse(reply);
  const chat = members.map((member) => {
    const space = member.indexOf(" ");
    return { number: Number(member.slice(0, space)), message: member.slice(space + 1) };
  });
  return { snapshot, chat };
}
