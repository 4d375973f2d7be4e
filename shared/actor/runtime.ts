import { type Clock, systemClock } from "./clock.ts";
import { type Dispatcher, fairDispatcher } from "./dispatcher.ts";
import { TimerWheel } from "./timer_wheel.ts";

/** A message that nobody handled (rule A14). */
export interface DeadLetter {
  readonly path: string;
  readonly type: string;
  readonly message: string;
  readonly reason: "overloaded" | "stopped" | "crashed" | "unreachable" | "late";
}

/** A handler, a constructor or a Worker that failed (rule A7). */
export interface Crash {
  readonly path: string;
  readonly type: string;
  /** The message that was being handled, if any. */
  readonly message: string | undefined;
  readonly error: unknown;
}

/** Plain counters of one actor type, exported when metrics are collected (rule A15). */
export interface TypeStats {
  actors: number;
  handled: number;
  refused: number;
  timedOut: number;
  crashed: number;
  restarts: number;
  deadLetters: number;
}

/** What all actors of an isolate share: time, chance, turn-taking, and the counters. */
export interface Runtime {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly dispatcher: Dispatcher;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** An id that no other actor of any isolate has. */
  nextId(): string;
  statsOf(type: string): TypeStats;
  stats(): ReadonlyMap<string, TypeStats>;
  deadLetter(letter: DeadLetter): void;
  crashed(crash: Crash): void;
  observe(observer: RuntimeObserver): () => void;
}

export interface RuntimeObserver {
  deadLetter?(letter: DeadLetter): void;
  crashed?(crash: Crash): void;
}

export interface RuntimeOptions {
  readonly clock?: Clock;
  readonly dispatcher?: Dispatcher;
  readonly random?: () => number;
}

/** Makes a runtime; tests pass their own clock, dispatcher and chance. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const clock = options.clock ?? systemClock();
  const isolate = crypto.randomUUID().slice(0, 8);
  const byType = new Map<string, TypeStats>();
  const observers = new Set<RuntimeObserver>();
  let count = 0;
  const statsOf = (type: string): TypeStats => {
    let stats = byType.get(type);
    if (stats === undefined) {
      stats = { actors: 0, handled: 0, refused: 0, timedOut: 0, crashed: 0, restarts: 0, deadLetters: 0 };
      byType.set(type, stats);
    }
    return stats;
  };
  return {
    clock,
    wheel: new TimerWheel(clock),
    dispatcher: options.dispatcher ?? fairDispatcher(),
    random: options.random ?? Math.random,
    nextId: () => `${isolate}-${++count}`,
    statsOf,
    stats: () => byType,
    deadLetter(letter) {
      statsOf(letter.type).deadLetters++;
      for (const observer of observers) observer.deadLetter?.(letter);
    },
    crashed(crash) {
      statsOf(crash.type).crashed++;
      for (const observer of observers) observer.crashed?.(crash);
    },
    observe(observer) {
      observers.add(observer);
      return () => observers.delete(observer);
    },
  };
}

/** The isolate's own runtime, used where none is passed. */
export const isolateRuntime: Runtime = createRuntime();
