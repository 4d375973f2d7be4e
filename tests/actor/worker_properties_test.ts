import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createRuntime, createScope, inWorker } from "../../shared/actor/mod.ts";
import { CounterActor, type CounterRef } from "./fixtures/counter.ts";

const runs = Number(Deno.env.get("ACTOR_WORKER_RUNS") ?? 15);
const fixed = Deno.env.get("ACTOR_SEED");

const step = fc.record({
  to: fc.integer({ min: 0, max: 1 }),
  what: fc.constantFrom("add", "add", "note", "explode", "close", "never", "finish", "stop", "wait"),
});

const schedule = fc.record({
  grouping: fc.constantFrom("one-for-one" as const, "all-for-one" as const),
  directive: fc.constantFrom("restart" as const, "restart" as const, "ignore" as const, "stop" as const),
  maxRestarts: fc.integer({ min: 0, max: 3 }),
  steps: fc.array(step, { minLength: 1, maxLength: 15 }),
  deadlineMs: fc.constantFrom(0, 30, 200),
});

/** Workers as they are, but counted. */
class CountedWorker extends Worker {
  static readonly alive = new Set<Worker>();

  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    CountedWorker.alive.add(this);
  }

  override terminate(): void {
    CountedWorker.alive.delete(this);
    super.terminate();
  }
}

type Schedule = typeof schedule extends fc.Arbitrary<infer S> ? S : never;

async function play({ grouping, directive, maxRestarts, steps, deadlineMs }: Schedule): Promise<void> {
  const runtime = createRuntime();
  const asks: Promise<unknown>[] = [];
  {
    const scope = createScope({ runtime, grouping, deadlineMs });
    await using _closing = scope;
    const home = inWorker(new URL("./fixtures/counter_worker.ts", import.meta.url), { graceMs: 20 });
    const policy = { directive, maxRestarts, backoffMs: 1 };
    const spawn = () => scope.spawn(CounterActor, { start: 0 }, { home, policy, capacity: 8 });
    const refs = [spawn(), spawn()];
    for (const { to, what } of steps) {
      const ref = refs[to];
      if (ref === undefined) continue;
      if (what === "note") ref.tell("note", 1);
      else if (what === "stop") void scope.stopChild(ref, deadlineMs);
      else if (what === "wait") {
        await Promise.race([asks.at(-1), ref.ask("total", undefined, { timeoutMs: 20 })]);
      } else asks.push(ask(ref, what));
    }
  }
  await Promise.all(asks);
  assertEquals([CountedWorker.alive.size, runtime.wheel.size], [0, 0]);
  const { actors, depth, sent, ok, failed, crashed, refused, dead } = runtime.statsOf("worker CounterActor");
  assertEquals([actors, depth, sent], [0, 0, ok + failed + crashed + refused + dead]);
}

function ask(ref: CounterRef, what: "add" | "explode" | "close" | "never" | "finish"): Promise<unknown> {
  const timeoutMs = what === "never" ? 30 : Infinity;
  if (what === "add") return ref.ask("add", 1, { timeoutMs });
  if (what === "close") return ref.ask("exit", "close", { timeoutMs });
  return ref.ask(what, undefined, { timeoutMs });
}

Deno.test(`actor in a Worker, ${runs} random schedules › asks settle, no Worker and no timer outlives the scope`, async () => {
  const seed = fixed === undefined ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0 : Number(fixed);
  const { Worker } = globalThis;
  globalThis.Worker = CountedWorker;
  try {
    const details = await fc.check(fc.asyncProperty(schedule, play), { numRuns: runs, seed });
    if (!details.failed) return;
    const why = details.errorInstance instanceof Error ? details.errorInstance.message : "";
    throw new Error(`Replay it with ACTOR_SEED=${details.seed}\n${fc.defaultReportMessage(details)}\n${why}`);
  } finally {
    globalThis.Worker = Worker;
  }
});
