import type { ActorClass, Handlers, Lifecycle } from "./actor.ts";
import { Intake } from "./intake.ts";
import type { Letter } from "./letter.ts";
import { Later } from "./later.ts";
import { Life } from "./life.ts";
import type { Protocol } from "./protocol.ts";
import { Queue } from "./queue.ts";
import type { ActorRef } from "./ref.ts";
import { Failure } from "./result.ts";
import type { Runtime } from "./runtime.ts";
import { isSampled, observe } from "./stats.ts";
import type { Child, Description, Supervisor } from "./supervisor.ts";
import { deadline, WheelTimer } from "./wheel_timer.ts";

type Turn = () => void | Promise<void>;
type State = "starting" | "running" | "failed" | "restarting" | "stopping children" | "draining" | "stopped";

/** What an actor's home needs to know to run it. */
export interface LocalCellOptions {
  readonly runtime: Runtime;
  readonly type: ActorClass<Protocol, unknown>;
  readonly init: unknown;
  readonly path: string;
  readonly capacity: number;
  readonly supervisor: Supervisor;
  readonly grouping: "one-for-one" | "all-for-one";
  readonly imports: ImportedRefs;
  /** A handler that goes on this long after its deadline counts as crashed; `Infinity`: never. */
  readonly graceMs: number;
}

/** Finds what the parent isolate handed over, by name. Throws when there is nothing of that name. */
export type ImportedRefs = <P extends Protocol>(name: string, protocol: P) => ActorRef<P>;

/**
 * The in-isolate home: a mailbox class whose turns the dispatcher hands out. Control turns (timers, ends of watched
 * actors, results of piped work) go before letters (rule A3); one turn at a time (A1).
 */
export class LocalCell extends Intake implements Child {
  readonly #options: LocalCellOptions;
  readonly #control = new Queue<{ readonly life: Life; readonly turn: Turn }>();
  #state: State = "restarting";
  #life: Life;
  #actor: (Handlers<Protocol> & Lifecycle) | null = null;
  #letter: Letter | null = null;
  #busy = false;
  #queued = false;
  #restarts = 0;
  #backoff: WheelTimer | null = null;
  #stopping: Promise<void> | null = null;
  #onDrained: (() => void) | null = null;

  constructor(options: LocalCellOptions) {
    super(options.runtime, options.type.protocol, options.type.name, options.path, options.capacity);
    this.#options = options;
    this.stats.actors++;
    this.#life = this.#newLife();
  }

  get load(): number {
    return this.depth + (this.#busy ? 1 : 0);
  }

  /** Begins a life: constructor, then `onStart`, then the mailbox. */
  start(): void {
    this.#state = "starting";
    const life = this.#life;
    this.#take(life, () => {
      this.#actor = new this.#options.type(this.#options.init, life);
      return this.#actor.onStart?.();
    }, () => {
      if (this.#state === "starting") this.#state = "running";
    });
    this.wake();
  }

  describe(): Description {
    return {
      path: this.path,
      type: this.type,
      state: this.#state,
      depth: this.depth,
      restarts: this.#restarts,
      children: this.#life.describeChildren(),
    };
  }

  /** Runs `turn` as a control message of `life`; dropped when that life is over. */
  control(life: Life, turn: Turn): void {
    if (life !== this.#life || life.over) return;
    this.#control.push({ life, turn });
    this.wake();
  }

  run(batch: number): boolean {
    this.#queued = false;
    for (let n = 0; n < batch; n++) {
      if (this.#busy) return false;
      const job = this.#control.shift();
      if (job !== undefined) {
        if (job.life === this.#life && this.#receptive) this.#take(job.life, job.turn, null);
        continue;
      }
      if (this.#state !== "running" && this.#state !== "draining") return false;
      const letter = this.next();
      if (letter === undefined) {
        if (!this.#life.hasOpen) this.#onDrained?.();
        return false;
      }
      this.#deliver(letter);
    }
    if (this.#busy || this.#queued) return false;
    this.#queued = true;
    return true;
  }

  resume(): void {
    if (this.#state === "failed") this.#state = this.#actor === null ? "starting" : "running";
    this.wake();
  }

  restart(delayMs: number): void {
    if (this.#stopping !== null) return;
    this.#state = "restarting";
    this.#restarts++;
    void this.#endLife("crashed").then(() => {
      if (this.#state !== "restarting") return;
      this.#life = this.#newLife();
      this.#backoff = new WheelTimer(this.runtime, delayMs, () => this.start());
    });
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  async terminate(reason: "stopped" | "crashed"): Promise<void> {
    this.closeIntake("stopped");
    this.#backoff?.cancel();
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#stopping ??= Promise.resolve();
    this.settleAll("stopped");
    this.#onDrained?.();
    await this.#endLife("stopped");
    this.#finish(reason);
  }

  protected override wake(): void {
    if (this.#queued || this.#busy) return;
    this.#queued = true;
    this.runtime.dispatcher.ready(this);
  }

  protected override get fullCode(): "overloaded" | "restarting" {
    return this.#state === "restarting" ? "restarting" : "overloaded";
  }

  get #receptive(): boolean {
    return this.#state !== "restarting" && this.#state !== "stopped";
  }

  #newLife(): Life {
    return new Life(
      this.runtime,
      this,
      this.#options,
      (error) => this.#options.supervisor.failed(this, error, undefined),
    );
  }

  #deliver(letter: Letter): void {
    const actor = this.#actor;
    const life = this.#life;
    if (actor === null) return;
    const handler = actor[letter.name];
    if (handler === undefined) {
      this.#letter = letter;
      return this.#crash(life, new TypeError(`${this.type} has no handler "${letter.name}"`));
    }
    this.#letter = letter;
    const startMs = isSampled(this.stats) ? performance.now() : 0;
    let reply: unknown;
    try {
      letter.reader = this;
      reply = handler.call(actor, letter.body, letter);
    } catch (error) {
      this.#crash(life, error);
      return;
    }
    if (reply instanceof Later) return this.#answerLater(life, letter, reply);
    if (!(reply instanceof Promise)) {
      this.#answer(letter, reply);
      if (startMs > 0) observe(this.stats, (performance.now() - startMs) / 1_000);
      return;
    }
    this.#busy = true;
    const { graceMs } = this.#options;
    let grace: WheelTimer | undefined;
    if (graceMs !== Infinity && letter.isAsk) {
      letter.onExpired = () => {
        const late = new Error(`"${letter.name}" went on ${graceMs} ms after its deadline`);
        grace = new WheelTimer(this.runtime, graceMs, () => this.#crash(life, late));
      };
    }
    reply.then(
      (value) => {
        grace?.cancel();
        if (life.over) return;
        this.#busy = false;
        if (startMs > 0) observe(this.stats, (performance.now() - startMs) / 1_000);
        if (value instanceof Later) this.#answerLater(life, letter, value);
        else this.#answer(letter, value);
        this.wake();
      },
      (error) => this.#crash(life, error),
    );
  }

  /** The actor goes on; the letter stays open until the work is done or this life ends. */
  #answerLater(life: Life, letter: Letter, { work }: Later<unknown>): void {
    this.#letter = null;
    life.open.add(letter);
    const close = () => {
      if (!life.open.delete(letter)) return false;
      if (!life.hasOpen) this.wake();
      return true;
    };
    work.then(
      (value) => close() && this.#answer(letter, value),
      (error) => {
        if (!close()) return;
        this.#abandonHandled(letter, "crashed");
        this.#crash(life, error);
      },
    );
  }

  #answer(letter: Letter, reply: unknown): void {
    if (this.#letter === letter) this.#letter = null;
    const failed = reply instanceof Failure;
    if (failed) this.stats.failed++;
    else this.stats.ok++;
    if (!letter.isAsk) return;
    if (failed) letter.settle({ ok: false, error: reply });
    else letter.settle({ ok: true, value: this.separated(reply) });
  }

  /** The message that was being handled goes down with its handler. */
  #abandonHandled(letter: Letter, code: "stopped" | "crashed"): void {
    this.stats.crashed++;
    this.abandon(letter, code);
  }

  /** A control turn; `then` runs when it has ended well. */
  #take(life: Life, turn: Turn, then: (() => void) | null): void {
    let done: void | Promise<void>;
    try {
      done = turn();
    } catch (error) {
      this.#crash(life, error);
      return;
    }
    if (!(done instanceof Promise)) return then?.();
    this.#busy = true;
    done.then(() => {
      if (life.over) return;
      this.#busy = false;
      then?.();
      this.wake();
    }, (error) => this.#crash(life, error));
  }

  #crash(life: Life, error: unknown): void {
    if (life.over) return;
    this.#busy = false;
    const letter = this.#letter;
    this.#letter = null;
    if (letter !== null) this.#abandonHandled(letter, "crashed");
    if (this.#stopping === null) {
      this.#state = "failed";
      this.#options.supervisor.failed(this, error, letter?.name);
    } else {
      this.runtime.crashed({ path: this.path, type: this.type, message: letter?.name, error });
      void this.terminate("crashed");
    }
  }

  async #endLife(code: "stopped" | "crashed"): Promise<void> {
    const letter = this.#letter;
    this.#letter = null;
    this.#busy = false;
    this.#actor = null;
    if (letter !== null) this.#abandonHandled(letter, code);
    const life = this.#life;
    if (life.hasOpen) {
      for (const open of life.open) this.#abandonHandled(open, code);
      life.open.clear();
    }
    await life.end();
  }

  async #stop(deadlineMs: number): Promise<void> {
    if (this.#state === "stopped") return;
    const alive = this.#state === "running" || this.#state === "starting";
    this.closeIntake("stopped");
    this.#backoff?.cancel();
    if (alive && !this.#hasNothingToFinish()) {
      const endMs = this.runtime.clock.now() + deadlineMs;
      this.#state = "stopping children";
      await this.#life.children.stopAll(deadlineMs);
      if (this.#isStopped()) return;
      this.#state = "draining";
      const drained = Promise.withResolvers<void>();
      this.#onDrained = drained.resolve;
      this.wake();
      const leftMs = () => Math.max(0, endMs - this.runtime.clock.now());
      await deadline(this.runtime, drained.promise, leftMs());
      if (!this.#isStopped()) await deadline(this.runtime, this.#lastTurn(), leftMs());
    }
    await this.terminate("stopped");
  }

  #hasNothingToFinish(): boolean {
    return !this.#busy && this.depth === 0 && this.#control.size === 0 && this.#life.isBare &&
      this.#actor?.onStop === undefined;
  }

  /** `terminate` may have come in between. */
  #isStopped(): boolean {
    return this.#state === "stopped";
  }

  async #lastTurn(): Promise<void> {
    if (this.#busy) return;
    try {
      await this.#actor?.onStop?.();
    } catch (error) {
      this.runtime.crashed({ path: this.path, type: this.type, message: "onStop", error });
    }
  }

  #finish(reason: "stopped" | "crashed"): void {
    this.stats.actors--;
    this.#options.supervisor.remove(this);
    this.announceEnd(reason);
  }
}
