import { type ActorRef, createScope, type Scope } from "../../../shared/actor/mod.ts";
import { Counting, CountingActor } from "./counting.ts";
import { rateOf } from "./rate.ts";

type CountingRef = ActorRef<typeof Counting>;

async function withActor<T>(work: (ref: CountingRef, scope: Scope) => Promise<T>): Promise<T> {
  await using scope = createScope();
  return await work(scope.spawn(CountingActor, undefined, { capacity: 10_000 }), scope);
}

export const askOneByOne = () =>
  withActor((ref) =>
    rateOf(async (count) => {
      for (let i = 0; i < count; i++) await ref.ask("add", 1);
    })
  );

/** `inFlight` askers, each asking one by one. */
export const askTogether = (inFlight: number) =>
  withActor((ref) => rateOf((count) => many(ref, count, inFlight)));

/** Counts what was handled: each batch ends with an ask. */
export const tells = () =>
  withActor((ref) =>
    rateOf(async (count) => {
      for (let sent = 0; sent < count; sent += 5_000) {
        for (let i = 0; i < 5_000; i++) ref.tell("note", 1);
        await ref.ask("add", 0);
      }
    }, 20_000)
  );

export const fanOut = (width: number) =>
  withActor((_, scope) => {
    const refs = Array.from({ length: width }, (_, i) =>
      scope.spawn(CountingActor, undefined, { name: `${i}` }));
    return rateOf(async (count) => {
      for (let done = 0; done < count; done += width) {
        await Promise.all(refs.map((ref) =>
          ref.ask("add", 1)
        ));
      }
    });
  });

export async function many(ref: CountingRef, count: number, inFlight: number): Promise<void> {
  const asker = async () => {
    for (let i = 0; i < count / inFlight; i++) await ref.ask("echo", i);
  };
  await Promise.all(Array.from({ length: inFlight }, asker));
}

/** Milliseconds to start and stop `count` actors; the best of three. */
export async function spawnAndStop(count: number): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 4; round++) {
    const scope = createScope();
    const fromMs = performance.now();
    for (let i = 0; i < count; i++) scope.spawn(CountingActor, undefined);
    await scope.close();
    if (round > 0) best = Math.min(best, performance.now() - fromMs);
  }
  return best;
}
