import { type Clock, systemClock } from "./clock.ts";
import { type Dispatcher, fairDispatcher } from "./dispatcher.ts";
import type { Description } from "./supervisor.ts";
import { newStats, type TypeStats } from "./stats.ts";
import { TimerWheel } from "./timer_wheel.ts";
import type { Tracer } from "./tracer.ts";

/** A message that was taken in and not handled (rule A14). A refused message is none: its sender got the refusal. */
export interface DeadLetter {
  readonly path: string;
  readonly type: string;
  readonly message: string;
  readonly reason: "stopped" | "crashed" | "unreachable" | "late";
}

/** A handler, a constructor or a Worker that failed (rule A7). */
export interface Crash {
  readonly path: string;
  readonly type: string;
  /** The message that was being handled, if any. */
  readonly message: string | undefined;
  readonly error: unknown;
}

/** The environment of all actors of an isolate: clock, random numbers, dispatcher and counters. */
export interface Runtime {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly dispatcher: Dispatcher;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Whether test mode is on: in-isolate messages and answers are copied and frozen (rule A16). */
  readonly separated: boolean;
  /** Switches test mode on or off for messages that are sent from now on. */
  separate(on: boolean): void;
  /** The tracer; `null`, the default, costs nothing. */
  readonly tracer: Tracer | null;
  trace(tracer: Tracer | null): void;
  /** An id that no other actor of any isolate has. */
  nextId(): string;
  statsOf(type: string): TypeStats;
  stats(): ReadonlyMap<string, TypeStats>;
  deadLetter(letter: DeadLetter): void;
  crashed(crash: Crash): void;
  /** Notes a Worker in an endless loop: its thread is lost until the process ends. */
  workerLost(crash: Crash): void;
  /** Whether so many Workers are lost that none is restarted. */
  readonly tooManyLost: boolean;
  observe(observer: RuntimeObserver): () => void;
  /** Adds the trees of a scope to the result of `describe`. Returns the function that removes them. */
  addRoot(describe: () => readonly Description[]): () => void;
  /** All actors of this isolate, as trees. */
  describe(): Description[];
}

export interface RuntimeObserver {
  deadLetter?(letter: DeadLetter): void;
  crashed?(crash: Crash): void;
  workerLost?(crash: Crash): void;
}

export interface RuntimeOptions {
  readonly clock?: Clock;
  readonly dispatcher?: Dispatcher;
  readonly random?: () => number;
  /** Test mode from the start (rule A16). */
  readonly separated?: boolean;
  /** How many Workers may be lost to endless loops before none is restarted any more; 3 unless given. */
  readonly maxLostWorkers?: number;
}

/** Makes a runtime. Tests pass their own clock, dispatcher and random numbers. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const clock = options.clock ?? systemClock();
  const isolate = crypto.randomUUID().slice(0, 8);
  const byType = new Map<string, TypeStats>();
  const observers = new Set<RuntimeObserver>();
  const roots = new Set<() => readonly Description[]>();
  const maxLostWorkers = options.maxLostWorkers ?? 3;
  let count = 0;
  let lostWorkers = 0;
  let tracer: Tracer | null = null;
  let separated = options.separated ?? false;
  const statsOf = (type: string): TypeStats => {
    let stats = byType.get(type);
    if (stats === undefined) {
      stats = newStats();
      byType.set(type, stats);
    }
    return stats;
  };
  return {
    clock,
    wheel: new TimerWheel(clock),
    dispatcher: options.dispatcher ?? fairDispatcher(),
    random: options.random ?? Math.random,
    get tracer() {
      return tracer;
    },
    trace(now) {
      tracer = now;
    },
    get separated() {
      return separated;
    },
    separate(on) {
      separated = on;
    },
    nextId: () => `${isolate}-${++count}`,
    statsOf,
    stats: () => byType,
    deadLetter(letter) {
      statsOf(letter.type).dead++;
      for (const observer of observers) observer.deadLetter?.(letter);
    },
    crashed(crash) {
      for (const observer of observers) observer.crashed?.(crash);
    },
    workerLost(crash) {
      lostWorkers++;
      statsOf(crash.type).lostWorkers++;
      for (const observer of observers) observer.workerLost?.(crash);
    },
    get tooManyLost() {
      return lostWorkers > maxLostWorkers;
    },
    observe(observer) {
      observers.add(observer);
      return () => observers.delete(observer);
    },
    addRoot(describe) {
      roots.add(describe);
      return () => roots.delete(describe);
    },
    describe: () => [...roots].flatMap((describe) => describe()),
  };
}

/** The isolate's own runtime, used where none is passed. */
export const isolateRuntime: Runtime = createRuntime();
