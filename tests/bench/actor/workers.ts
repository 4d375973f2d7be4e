import { createScope, inWorker } from "../../../shared/actor/mod.ts";
import { CountingActor } from "./counting.ts";
import { many } from "./ours.ts";
import { rateOf } from "./rate.ts";

/** Messages a second to an actor in a Worker and back, and the same through a bare `postMessage`, in turns. */
export async function workerRates(
  inFlight: number,
): Promise<{ readonly ours: number; readonly bare: number }> {
  await using scope = createScope();
  const home = inWorker(new URL("./counting_worker.ts", import.meta.url));
  const ref = scope.spawn(CountingActor, undefined, { home, capacity: 1_000 });
  await ref.ask("echo", 0);
  const echo = bareEcho();
  let [ours, bare] = [0, 0];
  for (let round = 0; round < 2; round++) {
    bare = Math.max(bare, await rateOf((count) => echo.many(count, inFlight)));
    ours = Math.max(ours, await rateOf((count) => many(ref, count, inFlight)));
  }
  echo.end();
  return { ours, bare };
}

/** A Worker that sends back what it gets: the least that a round trip can cost. */
function bareEcho() {
  const worker = new Worker(new URL("./echo_worker.js", import.meta.url), { type: "module" });
  const waiting = new Map<number, () => void>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<{ id: number }>) => {
    const resolve = waiting.get(data.id);
    waiting.delete(data.id);
    resolve?.();
  };
  const ask = (body: number) =>
    new Promise<void>((resolve) => {
      waiting.set(++lastId, resolve);
      worker.postMessage({ id: lastId, kind: "echo", body });
    });
  return {
    async many(count: number, inFlight: number) {
      const asker = async () => {
        for (let i = 0; i < count / inFlight; i++) await ask(i);
      };
      await Promise.all(Array.from({ length: inFlight }, asker));
    },
    end: () => worker.terminate(),
  };
}

/** Milliseconds from a Worker's death until each of `count` asks in flight has settled. */
export async function settledAfterDeath(count: number): Promise<number> {
  await using scope = createScope();
  const home = inWorker(new URL("./counting_worker.ts", import.meta.url));
  const ref = scope.spawn(CountingActor, undefined, {
    home,
    capacity: 10_000,
    policy: { directive: "stop" },
  });
  await ref.ask("echo", 0);
  const asks = Array.from({ length: count }, (_, i) => ref.ask("echo", i, { timeoutMs: Infinity }));
  const fromMs = performance.now();
  await scope.stopChild(ref, 0);
  await Promise.all(asks);
  return performance.now() - fromMs;
}
