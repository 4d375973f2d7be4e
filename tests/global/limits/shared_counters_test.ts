import { assertEquals } from "@std/assert";
import { RateLimiterActor } from "../../../global/limits/rate_limiter.ts";
import type {
  LimitRule,
  RateLimiter,
  RateLimiterInit,
} from "../../../global/limits/rate_limiter_protocol.ts";
import { type ActorRef, createScope, Pool, type Result, valueOf } from "../../../shared/actor/mod.ts";
import type { Rate } from "../../../shared/limits/gcra.ts";
import { openLiveStore, startLiveStore } from "../../../shared/store/live/mod.ts";

const HOUR_MS = 3_600_000;
const few = (count: number): Rate => ({ count, periodMs: HOUR_MS, burst: count });
const rates: Record<LimitRule, Rate> = {
  address: few(10),
  user: few(10),
  guest_token: few(5),
  unknown_code: few(5),
};

/** Lets timers and the stores' Workers have their turn. */
const anotherMoment = () => new Promise((resolve) => setTimeout(resolve, 5));

/** The pools of two global controllers over one real live store. */
async function twoControllers() {
  const folder = await Deno.makeTempDir();
  const scope = createScope();
  const pools: Pool<typeof RateLimiter, RateLimiterInit>[] = [];
  for (let index = 0; index < 2; index++) {
    const { counters, registrations } = startLiveStore(scope, { kind: "sqlite", path: `${folder}/live.db` });
    valueOf(await registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
    const init = { rates, keys: 1_000, counters, now: Date.now };
    pools.push(new Pool(scope, RateLimiterActor, init, { size: 4 }));
  }
  return {
    take: (index: number, rule: LimitRule, key: string) =>
      passes(pools[index % 2]?.forKey(key), "take", { rule, key }),
    check: (index: number, rule: LimitRule, key: string) =>
      passes(pools[index % 2]?.forKey(key), "check", { rule, key }),
    /** Waits until ten turns of a key have come to the live store. */
    async shared(rule: LimitRule, key: string) {
      await using file = await openLiveStore(`${folder}/live.db`);
      const { periodMs, count } = rates[rule];
      const ten = () =>
        file.queries.selectFrom("counters").select("key").where("rule", "=", rule).where("key", "=", key)
          .where("empty_ms", ">", Date.now() + 9.5 * periodMs / count).executeTakeFirst();
      while (await ten() === undefined) await anotherMoment();
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function passes(
  limiter: ActorRef<typeof RateLimiter> | undefined,
  name: "take" | "check",
  subject: { rule: LimitRule; key: string },
): Promise<boolean> {
  const outcome: Result<void, string> | undefined = await limiter?.ask(name, subject);
  return outcome?.ok === true;
}

Deno.test("limits › wrong codes and guest tokens are counted over all global controllers, each time", async () => {
  await using gcs = await twoControllers();
  for (const rule of ["unknown_code", "guest_token"] as const) {
    const turns = await Promise.all(Array.from({ length: 40 }, (_, n) => gcs.take(n, rule, "203.0.113.1")));
    assertEquals(turns.filter((passed) => passed).length, 5, rule);
  }
  assertEquals(await gcs.take(0, "unknown_code", "203.0.113.2"), true);
});

Deno.test("limits › what passed at one global controller is soon counted at the other", async () => {
  await using gcs = await twoControllers();
  for (let n = 0; n < 10; n++) assertEquals(await gcs.take(0, "user", "ann"), true);
  assertEquals(await gcs.take(0, "user", "ann"), false);
  await gcs.shared("user", "ann");
  // The other one learns of it with the answer to its next batch, long before its own ten turns.
  assertEquals([await gcs.take(1, "user", "ann"), await gcs.take(1, "user", "bob")], [true, true]);
  while (await gcs.check(1, "user", "ann")) await anotherMoment();
  assertEquals([await gcs.take(1, "user", "ann"), await gcs.take(1, "user", "bob")], [false, true]);
});
