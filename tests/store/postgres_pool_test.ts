import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { PostgresConnection } from "../../shared/store/postgres_connection.ts";
import { postgresPool } from "../../shared/store/postgres_pool.ts";

interface Fake extends PostgresConnection {
  lose(): void;
}

/** Connections that the test opens, refuses and loses. */
function fakes(most: number) {
  const attempts: PromiseWithResolvers<PostgresConnection>[] = [];
  let now = 0;
  const pool = postgresPool(
    () => {
      const attempt = Promise.withResolvers<PostgresConnection>();
      attempts.push(attempt);
      return attempt.promise;
    },
    most,
    () => now,
  );
  const fake = (): Fake => {
    const lost = Promise.withResolvers<void>();
    let isGood = true;
    const lose = () => {
      isGood = false;
      lost.resolve();
    };
    return {
      lost: lost.promise,
      isWritable: true,
      get isGood() {
        return isGood;
      },
      unsafe: () => {
        throw new Error("nobody asks");
      },
      lose,
      end: () => Promise.resolve(lose()),
    };
  };
  return {
    pool,
    attempts,
    open() {
      const connection = fake();
      attempts.shift()?.resolve(connection);
      return connection;
    },
    pass(milliseconds: number) {
      now += milliseconds;
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("PostgreSQL pool › opens as many as are wanted and allowed, and hands them on in turn", async () => {
  const { pool, attempts, open } = fakes(2);
  const order: number[] = [];
  const all = [1, 2, 3, 4].map(async (n) => {
    const reserved = await pool.reserve();
    order.push(n);
    await turn();
    reserved.release();
  });
  assertEquals(attempts.length, 2);
  open();
  open();
  await Promise.all(all);
  assertEquals([order, attempts.length], [[1, 2, 3, 4], 0]);
  await pool.end();
  await assertRejects(() => pool.reserve());
});

Deno.test("PostgreSQL pool › who waits from an attempt's start is refused when it fails, who came later gets another", async () => {
  const { pool, attempts, open } = fakes(1);
  const waiting = [1, 2, 3].map(() => pool.reserve());
  attempts.shift()?.reject(new Error("away"));
  await assertRejects(() => waiting[0] ?? Promise.resolve());
  assertEquals(attempts.length, 1);
  attempts.shift()?.reject(new Error("still away"));
  for (const { status } of await Promise.allSettled(waiting)) assertEquals(status, "rejected");
  assertEquals(attempts.length, 0);
  const next = pool.reserve();
  open();
  (await next).release();
  await pool.end();
});

Deno.test("PostgreSQL pool › an attempt that is cut with what was open is nobody's outage who came after the cut", async () => {
  const { pool, attempts, open } = fakes(2);
  const [first, second] = [pool.reserve(), pool.reserve()];
  const connection = open();
  (await first).release();
  (await second).release();
  connection.lose();
  await turn();
  const later = pool.reserve();
  attempts.shift()?.reject(new Error("cut"));
  await turn();
  open();
  (await later).release();
  await pool.end();
});

Deno.test("PostgreSQL pool › a lost connection makes room for those who wait, and is given to nobody", async () => {
  const { pool, attempts, open } = fakes(1);
  const first = pool.reserve();
  const connection = open();
  const reserved = await first;
  const second = pool.reserve();
  assertEquals(attempts.length, 0);
  connection.lose();
  await turn();
  const other = open();
  reserved.release();
  const given = await second;
  assertStrictEquals(given.unsafe, other.unsafe);
  given.release();
  assertStrictEquals((await pool.reserve()).unsafe, other.unsafe);
  await pool.end();
});

Deno.test("PostgreSQL pool › a connection that is half an hour old is not used again", async () => {
  const { pool, attempts, open, pass } = fakes(1);
  const first = pool.reserve();
  const old = open();
  const reserved = await first;
  pass(31 * 60_000);
  reserved.release();
  assertEquals(old.isGood, false);
  const second = pool.reserve();
  assertEquals(attempts.length, 1);
  open();
  (await second).release();
  await pool.end();
});
