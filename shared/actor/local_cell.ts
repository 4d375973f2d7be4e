import type { Handlers, Lifecycle } from "./actor.ts";
import { Intake } from "./intake.ts";
import type { Letter } from "./letter.ts";
import { Later } from "./later.ts";
import { Life } from "./life.ts";
import type { LocalCellOptions } from "./local_cell_options.ts";
import type { Protocol } from "./protocol.ts";
import { Queue } from "./queue.ts";
import { Failure } from "./result.ts";
import { isSampled, observe } from "./stats.ts";
import type { Child, Description } from "./supervisor.ts";
import { outside } from "./tracer.ts";
import { deadline, WheelTimer } from "./wheel_timer.ts";

type Turn = () => void | Promise<void>;
type State = "starting" | "running" | "failed" | "restarting" | "stopping children" | "draining" | "stopped";

/**
 * The in-isolate home: a mailbox class whose turns the dispatcher hands out. Control turns (timers, ends of watched
 * actors, results of piped work) go before letters (rule A3); one turn at a time (A1).
 */
export class LocalCell extends Intake implements Child {
  readonly isWorker = false;
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
  #grace: WheelTimer | null = null;
  #stopping: Promise<void> | null = null;
  #ending: Promise<void> | null = null;
  #drained: PromiseWithResolvers<void> | null = null;

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
      const actor = new this.#options.type(this.#options.init, life);
      // A child that failed during the start may have ended this life already.
      if (life.over) return;
      this.#actor = actor;
      return actor.onStart?.();
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

  /** Runs `turn` as a control message of `life`. It is dropped if that life is over. */
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
        if (this.#state === "draining" && !this.#life.hasOpen) void this.#lastTurn();
        return false;
      }
      this.#deliver(letter);
    }
    if (this.#busy || this.#queued) return false;
    this.#queued = true;
    return true;
  }

  resume(): boolean {
    if (this.#actor === null) return false;
    if (this.#state === "failed") this.#state = "running";
    this.wake();
    return true;
  }

  restart(delayMs: number): void {
    if (this.#stopping !== null || this.#isStopped()) return;
    this.#state = "restarting";
    this.#backoff?.cancel();
    const restart = ++this.#restarts;
    void this.#endLife("crashed").then(() => {
      // A stop or a sibling's failure may have come in between.
      if (this.#state !== "restarting" || restart !== this.#restarts) return;
      this.#life = this.#newLife();
      this.#backoff = new WheelTimer(
        this.runtime,
        delayMs,
        () => outside(this.runtime.tracer, () => this.start()),
      );
    });
  }

  async stop(deadlineMs: number): Promise<void> {
    if (this.#stopping === null) return await (this.#stopping = this.#stop(deadlineMs));
    // A second stop may have a shorter deadline.
    if (!await deadline(this.runtime, this.#stopping, deadlineMs)) await this.terminate("stopped");
  }

  async terminate(reason: "stopped" | "crashed"): Promise<void> {
    if (!this.#isStopped()) {
      this.#state = "stopped";
      this.#ending = this.#end(reason);
    }
    await this.#ending;
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
    this.#busy = true;
    const startMs = isSampled(this.stats) ? performance.now() : 0;
    let reply: unknown;
    try {
      letter.reader = this;
      const { tracer } = this.runtime;
      reply = tracer === null
        ? handler.call(actor, letter.body, letter)
        : tracer.run(`${this.type}.${letter.name}`, letter.lineage.trace, () =>
          handler.call(actor, letter.body, letter));
    } catch (error) {
      this.#crash(life, error);
      return;
    }
    if (!(reply instanceof Promise)) return this.#handled(life, letter, reply, startMs);
    if (letter.isAsk && this.#options.graceMs !== Infinity) {
      letter.onExpired = () => this.#giveGrace(letter.name);
    }
    reply.then(
      (value) => {
        this.#handled(life, letter, value, startMs);
        this.wake();
      },
      (error) => this.#crash(life, error),
    );
  }

  /** The handler has returned. It may have ended its own life meanwhile. */
  #handled(life: Life, letter: Letter, reply: unknown, startMs: number): void {
    if (life.over) {
      if (reply instanceof Later) reply.work.catch(() => {});
      return;
    }
    this.#busy = false;
    this.#letter = null;
    this.#endGrace(letter);
    if (startMs > 0) observe(this.stats, (performance.now() - startMs) / 1_000);
    if (reply instanceof Later) this.#answerLater(life, letter, reply);
    else this.#answer(letter, reply);
  }

  /** The actor stays busy: an overdue handler can only be ended together with its life. */
  #giveGrace(message: string): void {
    const { graceMs } = this.#options;
    const late = new Error(`"${message}" went on ${graceMs} ms after its deadline`);
    this.#grace = new WheelTimer(this.runtime, graceMs, () => this.#fail(late, message));
  }

  #endGrace(letter: Letter): void {
    this.#grace?.cancel();
    this.#grace = null;
    if (letter.isAsk) letter.onExpired = null;
  }

  /** The actor goes on; the letter stays open until the work is done or this life ends. */
  #answerLater(life: Life, letter: Letter, { work }: Later<unknown>): void {
    life.open.add(letter);
    work.then(
      (value) => {
        if (!life.open.delete(letter)) return;
        this.#answer(letter, value);
        if (!life.hasOpen) this.wake();
      },
      // A crash of the actor waits for its turn, like any other.
      (error) =>
        this.control(life, () => {
          life.open.delete(letter);
          this.#letter = letter;
          throw error;
        }),
    );
  }

  #answer(letter: Letter, reply: unknown): void {
    const failed = reply instanceof Failure;
    if (failed) this.stats.failed++;
    else this.stats.ok++;
    if (!letter.isAsk) return;
    if (failed) letter.settle({ ok: false, error: this.#separatedFailure(reply) });
    else letter.settle({ ok: true, value: this.separated(reply) });
  }

  #separatedFailure(failure: Failure): Failure {
    const { code, message, details } = failure;
    return this.runtime.separated ? new Failure(code, message, this.separated(details)) : failure;
  }

  /** Fails the message that was being handled when the actor failed. */
  #abandonHandled(letter: Letter, code: "stopped" | "crashed"): void {
    this.stats.crashed++;
    this.abandon(letter, code);
  }

  /** Runs a control turn, and then `then` if the turn didn't fail. */
  #take(life: Life, turn: Turn, then: (() => void) | null): void {
    this.#busy = true;
    const taken = () => {
      if (life.over) return;
      this.#busy = false;
      then?.();
    };
    let done: void | Promise<void>;
    try {
      done = turn();
    } catch (error) {
      this.#crash(life, error);
      return;
    }
    if (!(done instanceof Promise)) return taken();
    done.then(() => {
      taken();
      this.wake();
    }, (error) => this.#crash(life, error));
  }

  #crash(life: Life, error: unknown): void {
    if (life.over) return;
    this.#busy = false;
    const letter = this.#letter;
    this.#letter = null;
    if (letter !== null) {
      this.#endGrace(letter);
      this.#abandonHandled(letter, "crashed");
    }
    if (this.#stopping === null) this.#state = "failed";
    this.#fail(error, letter?.name);
  }

  #fail(error: unknown, message: string | undefined): void {
    if (this.#stopping === null) return this.#options.supervisor.failed(this, error, message);
    this.runtime.crashed({ path: this.path, type: this.type, message, error });
    void this.terminate("crashed");
  }

  async #endLife(code: "stopped" | "crashed"): Promise<void> {
    const letter = this.#letter;
    this.#letter = null;
    this.#busy = false;
    this.#actor = null;
    if (letter !== null) {
      this.#endGrace(letter);
      this.#abandonHandled(letter, code);
    }
    const life = this.#life;
    if (life.hasOpen) {
      for (const open of life.open) this.#abandonHandled(open, code);
      life.open.clear();
    }
    await life.end();
  }

  async #stop(deadlineMs: number): Promise<void> {
    const alive = this.#state === "running" || this.#state === "starting";
    this.closeIntake("stopped");
    this.#backoff?.cancel();
    if (alive && !this.#hasNothingToFinish()) {
      const endMs = this.runtime.clock.now() + deadlineMs;
      this.#state = "stopping children";
      await this.#life.children.stopAll(deadlineMs);
      if (this.#isStopped()) return await this.terminate("stopped");
      this.#state = "draining";
      this.#drained = Promise.withResolvers();
      this.wake();
      await deadline(this.runtime, this.#drained.promise, Math.max(0, endMs - this.runtime.clock.now()));
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
    this.#busy = true;
    try {
      await this.#actor?.onStop?.();
    } catch (error) {
      this.runtime.crashed({ path: this.path, type: this.type, message: "onStop", error });
    }
    this.#drained?.resolve();
  }

  async #end(reason: "stopped" | "crashed"): Promise<void> {
    this.closeIntake("stopped");
    this.#backoff?.cancel();
    this.settleAll("stopped");
    this.#drained?.resolve();
    await this.#endLife("stopped");
    this.#finish(reason);
  }

  #finish(reason: "stopped" | "crashed"): void {
    this.stats.actors--;
    this.#options.supervisor.remove(this);
    this.announceEnd(reason);
  }
}
