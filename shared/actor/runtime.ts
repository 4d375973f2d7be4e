import { type Clock, systemClock } from "./clock.ts";
import { type Dispatcher, fairDispatcher } from "./dispatcher.ts";
import type { Description } from "./supervisor.ts";
import { newStats, type TypeStats } from "./stats.ts";
import { TimerWheel } from "./timer_wheel.ts";
import type { Tracer } from "./tracer.ts";

/** A message that was taken in and that nobody handled (rule A14). Whatever is refused, its sender is told of. */
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

/** What all actors of an isolate share: time, chance, turn-taking, and the counters. */
export interface Runtime {
  readonly clock: Clock;
  readonly wheel: TimerWheel;
  readonly dispatcher: Dispatcher;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Test mode: in-isolate messages and answers are copied and frozen (rule A16). */
  readonly separated: boolean;
  /** Switches test mode, for all that is sent from now on. */
  separate(on: boolean): void;
  /** Takes part in tracing; `null`, the default, costs nothing. */
  readonly tracer: Tracer | null;
  trace(tracer: Tracer | null): void;
  /** An id that no other actor of any isolate has. */
  nextId(): string;
  statsOf(type: string): TypeStats;
  stats(): ReadonlyMap<string, TypeStats>;
  deadLetter(letter: DeadLetter): void;
  crashed(crash: Crash): void;
  /** A Worker loops for ever: its thread is lost until the process ends. */
  workerLost(crash: Crash): void;
  /** So many Workers are lost that no other is started in place of one. */
  readonly tooManyLost: boolean;
  observe(observer: RuntimeObserver): () => void;
  /** Adds the trees of a scope to what `describe` shows; returns what takes them out again. */
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

/** Makes a runtime; tests pass their own clock, dispatcher and chance. */
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
