import { setImmediate } from "node:timers";
import { createRuntime, type Runtime } from "../runtime.ts";
import { createScope, type Scope, type ScopeOptions } from "../scope.ts";
import { seededDispatcher } from "./seeded_dispatcher.ts";
import { seededRandom } from "./seeded_random.ts";
import { type VirtualClock, virtualClock } from "./virtual_clock.ts";

/** A runtime with virtual time and seeded random numbers (rule A17), in test mode (A16). */
export interface TestKit {
  readonly seed: number;
  readonly clock: VirtualClock;
  readonly runtime: Runtime;
  /** The kit's random numbers, for the test as well. */
  readonly random: () => number;
  createScope(options?: Omit<ScopeOptions, "runtime">): Scope;
  /** Waits until no actor has anything to do at the current time. */
  settle(): Promise<void>;
  /** Moves time on, timer by timer, and settles after each. */
  advance(ms: number): Promise<void>;
  /** Moves time on until `work` is done. Throws when no timer is left and `work` is not done. */
  finish<T>(work: Promise<T>): Promise<T>;
}

export function createTestKit(seed: number): TestKit {
  const random = seededRandom(seed);
  const clock = virtualClock();
  const dispatcher = seededDispatcher(random);
  const runtime = createRuntime({ clock, dispatcher, random, separated: true });
  // A macrotask runs only when no microtask is left, so after two of them without a ready actor all is settled.
  const macrotask = () => new Promise<void>((resolve) => setImmediate(resolve));
  const settle = async () => {
    do await macrotask(); while (!dispatcher.idle);
  };
  return {
    seed,
    clock,
    runtime,
    random,
    createScope: (options = {}) => createScope({ ...options, runtime }),
    settle,
    async advance(ms) {
      const untilMs = clock.now() + ms;
      await settle();
      while (clock.step(untilMs)) await settle();
    },
    async finish(work) {
      let done = false;
      const watched = work.finally(() => done = true);
      watched.catch(() => {});
      await settle();
      while (!done) {
        if (clock.nextMs === Infinity) {
          throw new Error("Nothing is left that could finish this work: it hangs");
        }
        clock.step(clock.nextMs);
        await settle();
      }
      return await watched;
    },
  };
}
