import type { RedisConnection } from "./connect_redis.ts";
import type { Keys } from "./keys.ts";
import type { StoreClock } from "./store_clock.ts";

/** What the functions behind the ports work with. */
export interface RedisAccess {
  readonly redis: Pick<RedisConnection, "run">;
  readonly keys: Keys;
  readonly clock: StoreClock;
  readonly settlingMs: number;
}
