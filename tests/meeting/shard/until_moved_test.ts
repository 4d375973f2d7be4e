import { assertEquals } from "@std/assert";
import type { Migrated } from "../../../meeting/state/migration.ts";
import { movePauseMs, untilMoved } from "../../../meeting/shard/until_moved.ts";

/** Hands a meeting over that becomes of this, with 12 s, each time taking 3 s and each pause another second. */
async function handOver(...outcomes: readonly Migrated[]) {
  let times = 0;
  let pauses = 0;
  const migrate = () => Promise.resolve({ ok: true, value: outcomes[times++] ?? "taken_back" } as const);
  const isMoved = await untilMoved(migrate, {
    remainingMs: () => 12_000 - 3_000 * times - movePauseMs * pauses,
    pause: () => Promise.resolve(void pauses++),
  });
  return { isMoved, times, pauses };
}

Deno.test("hand-over › a meeting that was taken back is handed over again after a pause, while there is the time", async () => {
  assertEquals(await handOver("taken_back", "moved"), { isMoved: true, times: 2, pauses: 1 });
  assertEquals(await handOver(), { isMoved: false, times: 3, pauses: 2 });
});

Deno.test("hand-over › a meeting for which there is no other controller is not tried again", async () => {
  assertEquals(await handOver("stayed", "moved"), { isMoved: false, times: 1, pauses: 0 });
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
