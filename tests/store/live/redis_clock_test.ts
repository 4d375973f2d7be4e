import { assert } from "@std/assert";
import { keysOf } from "../../../shared/store/live/redis/keys.ts";
import { connectRedis } from "../../../shared/store/live/redis/connect_redis.ts";
import { parseRedisUrl } from "../../../shared/store/live/redis/parse_redis_url.ts";
import type { RedisAccess } from "../../../shared/store/live/redis/redis_access.ts";
import { beat, entries, register } from "../../../shared/store/live/redis/registrations.ts";
import { StoreClock } from "../../../shared/store/live/redis/store_clock.ts";
import { controllerEntry } from "../../../shared/store/live/mod.ts";
import { startRedis } from "./redis_server.ts";
import { controller } from "./samples.ts";

const HOUR_MS = 3_600_000;

Deno.test("live store in Redis › a process whose heartbeat comes over a machine with a clock that was just set is heard by all", async () => {
  await using server = await startRedis();
  const address = parseRedisUrl(server.url);
  assert(address);
  await using redis = connectRedis(address);
  await redis.connected;
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const access = (clock: StoreClock): RedisAccess => ({ redis, keys: keysOf("dt:"), clock, settlingMs: 0 });
  const [one, other] = [access(new StoreClock(now)), access(new StoreClock())];
  const { id, instance_id, owner } = controller;
  /** How long ago the other machine heard of the process, either way. */
  const silenceMs = async () => {
    const [entry] = await entries(other, "controller", controllerEntry);
    return Math.abs(Date.now() - (entry?.heartbeat_ms ?? 0));
  };
  for (const setMs of [HOUR_MS, -HOUR_MS]) {
    aheadMs += setMs;
    await register(one, "controller", { ...controller, heartbeat_ms: now() });
    assert(await silenceMs() < HOUR_MS / 2, "registered");
    aheadMs += 2 * setMs;
    await beat(one, { kind: "controller", id, instance_id, owner, load: 0, at_ms: now() });
    assert(await silenceMs() < HOUR_MS / 2, "heard");
  }
});
