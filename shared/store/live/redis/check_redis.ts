import { StartError } from "../../../service/start_error.ts";
import { connectRedis } from "./connect_redis.ts";
import { parseRedisUrl } from "./parse_redis_url.ts";
import { script } from "./script.ts";

const PROBE = script("return this_run()");
const CHECK_MS = 5_000;

/**
 * Checks that Redis can be used, before the actors start.
 *
 * @throws {StartError} if `url` is not an address of Redis, or Redis there can't be reached or refuses this user
 */
export async function checkRedis(url: string): Promise<void> {
  const address = parseRedisUrl(url);
  if (address === undefined) {
    throw new StartError(
      "DT_LIVE_STORE_URL is not like redis://user:password@host:port/database, rediss://… or " +
        "redis+sentinel://user:password@host:port,host:port/master",
    );
  }
  const at = address.nodes.map(({ host, port }) => `${host}:${port}`).join(", ");
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no connection in ${CHECK_MS / 1_000} s`)), CHECK_MS);
  await using redis = connectRedis(address);
  try {
    await Promise.race([redis.connected.then(() => redis.run(PROBE, [], [])), late.promise]);
  } catch (error) {
    const reason = redis.lastFailure() ?? (error instanceof Error ? error.message : String(error));
    throw new StartError(`the live store at ${at} can't be used: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
