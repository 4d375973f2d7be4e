import { assertEquals } from "@std/assert";
import { fail, type Result } from "../../../shared/actor/mod.ts";
import type { Migrated } from "../../../meeting/state/migration.ts";
import { untilMoved } from "../../../meeting/shard/until_moved.ts";

type Outcome = Result<Migrated, string>;

/** Hands over, within a time, meetings that this becomes of at each round, which takes 3 s. The last round is repeated. */
async function handOver(timeMs: number, ...rounds: readonly (readonly (Migrated | "over" | "timeout")[])[]) {
  let leftMs = timeMs;
  const pauses: number[] = [];
  const handedOver: number[] = [];
  let round: readonly string[] = [];
  const done = await untilMoved(
    () => {
      leftMs -= 3_000;
      round = rounds[Math.min(handedOver.length, rounds.length - 1)] ?? [];
      handedOver.push(round.length);
      return [...round.keys()];
    },
    (meeting) => Promise.resolve(outcomeOf(round[meeting] ?? "")),
    {
      remainingMs: () => leftMs,
      pause(ms) {
        pauses.push(ms);
        leftMs -= ms;
        return Promise.resolve();
      },
    },
  );
  return { ...done, handedOver, pauses, leftMs };
}

function outcomeOf(outcome: string): Outcome {
  return outcome === "moved" || outcome === "stayed" || outcome === "vacant"
    ? { ok: true, value: outcome }
    : { ok: false, error: fail(outcome, "It does not move.") };
}

Deno.test("hand-over › what no other controller takes is handed over again, also what was opened since", async () => {
  const rounds = [["moved", "stayed"], ["moved", "moved", "moved"]] as const;
  assertEquals(await handOver(30_000, ...rounds), {
    moved: 4,
    stayed: 0,
    handedOver: [2, 3],
    pauses: [1_000],
    leftMs: 23_000,
  });
});

Deno.test("hand-over › a meeting that no other controller takes goes on until the time is up", async () => {
  const long = await handOver(120_000, ["stayed"]);
  assertEquals(long.pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_400, 500]);
  assertEquals([long.stayed, long.leftMs], [1, 100]);
  const short = await handOver(4_000, ["stayed"]);
  assertEquals([short.handedOver, short.pauses], [[1], [900]]);
  const tooShort = await handOver(2_000, ["stayed"]);
  assertEquals([tooShort.handedOver, tooShort.pauses], [[1], []]);
});

Deno.test("hand-over › nobody waits for a meeting that is over, or in which nobody is", async () => {
  assertEquals((await handOver(30_000, ["vacant", "over", "moved"])).pauses, []);
});

Deno.test("hand-over › a meeting that doesn't answer in time may go on, and is handed over again", async () => {
  assertEquals((await handOver(30_000, ["timeout"], ["moved"])).moved, 1);
});
