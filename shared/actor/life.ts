import type { ActorClass } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { ActorContext } from "./context.ts";
import type { Letter } from "./letter.ts";
import type { LocalCell } from "./local_cell.ts";
import type { LocalCellOptions } from "./local_cell_options.ts";
import type { AskName, Body, Outcome, Protocol } from "./protocol.ts";
import type { ActorRef, Address, AskOptions, AskOptionsWithLineage, EndReason } from "./ref.ts";
import { refOf } from "./ref_of.ts";
import type { Runtime } from "./runtime.ts";
import type { SpawnOptions } from "./scope.ts";
import { spawn } from "./spawn.ts";
import { type Description, Supervisor } from "./supervisor.ts";
import { bound, outside } from "./tracer.ts";
import { deadline, WheelTimer } from "./wheel_timer.ts";

type Turn = () => void | Promise<void>;

/** How long the release of one resource is waited for. */
const releaseLimitMs = 1_000;

/** One life of an in-isolate actor, with everything that ends with it. It is the actor's context. */
export class Life implements ActorContext<Protocol> {
  readonly self: ActorRef<Protocol>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly #runtime: Runtime;
  readonly #cell: LocalCell;
  readonly #options: LocalCellOptions;
  readonly #escalate: (error: unknown) => void;
  // Most actors use none of these, so each is made at its first use.
  #children: Supervisor | null = null;
  #open: Set<Letter> | null = null;
  #timers: Set<WheelTimer> | null = null;
  #watching: Set<() => void> | null = null;
  #releases: (() => void | PromiseLike<void>)[] | null = null;
  #over = false;
  #ended: Promise<void> | null = null;

  constructor(
    runtime: Runtime,
    cell: LocalCell,
    options: LocalCellOptions,
    escalate: (error: unknown) => void,
  ) {
    this.#runtime = runtime;
    this.#cell = cell;
    this.#options = options;
    this.self = refOf(cell);
    this.clock = runtime.clock;
    this.random = runtime.random;
    this.#escalate = escalate;
  }

  get children(): Supervisor {
    this.#children ??= new Supervisor(this.#runtime, this.#options.grouping, this.#escalate);
    return this.#children;
  }

  /** Asks that are answered by `later`. */
  get open(): Set<Letter> {
    this.#open ??= new Set();
    return this.#open;
  }

  get hasOpen(): boolean {
    return this.#open !== null && this.#open.size > 0;
  }

  /** Whether nothing has to be ended or answered first: no children, open asks or resources. */
  get isBare(): boolean {
    return this.#children === null && !this.hasOpen && this.#releases === null;
  }

  describeChildren(): Description[] {
    return this.#children?.describe() ?? [];
  }

  get over(): boolean {
    return this.#over;
  }

  get stopping(): boolean {
    return this.#over || !this.#cell.open;
  }

  spawn<C extends Protocol, I>(
    type: ActorClass<C, I>,
    init: NoInfer<I>,
    options: SpawnOptions = {},
  ): ActorRef<C> {
    if (this.#over) throw new Error(`${this.#cell.path} is over and can't have children any more`);
    return spawn(
      {
        runtime: this.#runtime,
        parentPath: this.#cell.path,
        supervisor: this.children,
        imports: this.#options.imports,
      },
      type,
      init,
      options,
    );
  }

  async stopChild(child: Address, deadlineMs = 5_000): Promise<void> {
    await this.children.find(child.id)?.stop(deadlineMs);
  }

  after(delayMs: number, turn: Turn): () => void {
    if (this.#over) return () => {};
    const timer = new WheelTimer(this.#runtime, Math.max(1, delayMs), () => {
      this.#timers?.delete(timer);
      this.#cell.control(this, () => outside(this.#runtime.tracer, turn));
    });
    (this.#timers ??= new Set()).add(timer);
    return () => {
      timer.cancel();
      this.#timers?.delete(timer);
    };
  }

  every(periodMs: number, turn: Turn): () => void {
    let cancelled = false;
    const round = async () => {
      if (cancelled) return;
      await turn();
      if (!cancelled) cancel = this.after(periodMs, round);
    };
    let cancel = this.after(periodMs, round);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  pipe<T, R>(work: Promise<T>, turn: (value: T) => R | Promise<R>): Promise<R> {
    const { promise, resolve } = Promise.withResolvers<R>();
    const goOn = bound(this.#runtime.tracer, turn);
    work.then(
      (value) => this.#cell.control(this, async () => resolve(await goOn(value))),
      (error) =>
        this.#cell.control(this, () => {
          throw error;
        }),
    );
    return promise;
  }

  watch(ref: Address, turn: (reason: EndReason) => void | Promise<void>): () => void {
    const forget = ref.watch((reason) => {
      this.#watching?.delete(forget);
      this.#cell.control(this, () => outside(this.#runtime.tracer, () => turn(reason)));
    });
    (this.#watching ??= new Set()).add(forget);
    return () => {
      this.#watching?.delete(forget);
      forget();
    };
  }

  cleanup(release: () => void | PromiseLike<void>): void {
    if (this.#over) void release();
    else (this.#releases ??= []).push(release);
  }

  ask<R extends Protocol, N extends AskName<R>>(
    ref: ActorRef<R>,
    name: N,
    body: Body<R, N>,
    options: AskOptions = {},
  ): Promise<Outcome<R, N>> {
    const withLineage: AskOptionsWithLineage = {
      ...options,
      lineage: { chain: [this.#cell.id], trace: options.trace },
    };
    return ref.ask(name, body, withLineage);
  }

  imported<R extends Protocol>(name: string, protocol: R): ActorRef<R> {
    return this.#options.imports(name, protocol);
  }

  stop(): void {
    void this.#cell.stop(5_000);
  }

  /** Cancels the timers, ends the children, and runs the clean-ups, newest first. */
  async end(): Promise<void> {
    if (!this.#over) {
      this.#over = true;
      this.#ended = this.#end();
    }
    await this.#ended;
  }

  async #end(): Promise<void> {
    for (const timer of this.#timers ?? []) timer.cancel();
    this.#timers = null;
    for (const forget of this.#watching ?? []) forget();
    this.#watching = null;
    if (this.#children !== null) await this.#children.terminateAll();
    for (const release of this.#releases?.reverse() ?? []) {
      try {
        const released = release();
        if (released !== undefined) {
          await deadline(this.#runtime, Promise.resolve(released), releaseLimitMs);
        }
      } catch (error) {
        this.#runtime.crashed({ path: this.#cell.path, type: this.#cell.type, message: "cleanup", error });
      }
    }
  }
}
