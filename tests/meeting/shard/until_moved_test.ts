import { assertEquals } from "@std/assert";
import type { Migrated } from "../../../meeting/state/migration.ts";
import { untilMoved } from "../../../meeting/shard/until_moved.ts";

/** Hands a meeting over that becomes of this, with 12 s, each time taking 3 s. */
async function handOver(...outcomes: readonly Migrated[]) {
  let times = 0;
  const pauses: number[] = [];
  const migrate = () => Promise.resolve({ ok: true, value: outcomes[times++] ?? "taken_back" } as const);
  const isMoved = await untilMoved(migrate, {
    remainingMs: () => 12_000 - 3_000 * times - pauses.reduce((sum, ms) => sum + ms, 0),
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
  });
  return { isMoved, times, pauses };
}

Deno.test("hand-over › a meeting that was taken back is handed over again after a pause, while there is the time", async () => {
  assertEquals(await handOver("taken_back", "moved"), { isMoved: true, times: 2, pauses: [1_000] });
  assertEquals(await handOver(), { isMoved: false, times: 3, pauses: [1_000, 1_000] });
});

Deno.test("hand-over › a meeting for which there is no other controller is not tried again", async () => {
  assertEquals(await handOver("stayed", "moved"), { isMoved: false, times: 1, pauses: [] });
});

Deno.test("hand-over › a meeting that was put off is handed over again, at a growing distance", async () => {
  assertEquals(await handOver("put_off", "moved"), { isMoved: true, times: 2, pauses: [1_000] });
  const always = Array.from({ length: 9 }, () => "put_off" as const);
  assertEquals(await handOver(...always), { isMoved: false, times: 2, pauses: [1_000] });
  const mixed = await handOver("put_off", "taken_back", "moved");
  assertEquals(mixed, { isMoved: true, times: 3, pauses: [1_000, 1_000] });
});

Deno.test("hand-over › of a meeting that doesn't answer nothing is known", async () => {
  const code = "timeout" as const;
  const failed = () => Promise.resolve({ ok: false, error: { code, message: "too late" } } as const);
  const times = {
    remainingMs: () => 10_000,
    pause: () => Promise.reject(new Error("It is not tried again")),
  };
  assertEquals(await untilMoved(failed, times), false);
});
