import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { Runtime } from "./runtime.ts";
import type { Child, Description, Supervisor } from "./supervisor.ts";
import { outside } from "./tracer.ts";
import { deadline, WheelTimer } from "./wheel_timer.ts";
import type { WorkerHome } from "./worker_home.ts";
import { WorkerHeartbeat } from "./worker_heartbeat.ts";
import { type FromWorker, fromWorkerSchema, selfName, type ToWorker } from "./worker_messages.ts";

export interface WorkerCellOptions {
  readonly runtime: Runtime;
  readonly protocol: Protocol;
  readonly type: string;
  readonly init: unknown;
  readonly path: string;
  readonly capacity: number;
  readonly supervisor: Supervisor;
  readonly home: WorkerHome;
}

/** How long messages under way may take when an actor stops of its own accord. */
const ownStopLimitMs = 5_000;
/** A Worker whose event loop doesn't answer within this time is in an endless loop. */
const probeMs = 1_000;

/** One life of a Worker: the Worker and the link to it. */
interface WorkerLife {
  readonly worker: Worker;
  readonly link: Link;
  readonly stopped: PromiseWithResolvers<void>;
  /** Resolved by the answer to a probe; `null` while there was none. */
  alive: PromiseWithResolvers<void> | null;
  /** Waits for the Worker to load its module, and probes it from then on. */
  heartbeat: WorkerHeartbeat;
}

/**
 * The Worker home, seen from the supervisor's isolate. The mailbox stays on this side: when the Worker dies the
 * posted messages fail with `crashed`, those that wait go to the next Worker (rules A8, A13).
 */
export class WorkerCell implements Child {
  readonly isWorker = true;
  readonly outbox: Outbox;
  readonly #options: WorkerCellOptions;
  /** The type under which its messages count here: by its own one they count in the Worker. */
  readonly #counted: string;
  #life: WorkerLife | null = null;
  #state: "starting" | "running" | "failed" | "restarting" | "stopping" | "stopped" = "starting";
  #backoff: WheelTimer | null = null;
  #restarts = 0;
  #stopping: Promise<void> | null = null;

  constructor(options: WorkerCellOptions) {
    this.#options = options;
    this.#counted = `worker ${options.type}`;
    options.runtime.statsOf(this.#counted).actors++;
    this.outbox = new Outbox({
      ...options,
      type: this.#counted,
      to: selfName,
      window: options.home.window,
      overdue: {
        graceMs: options.home.graceMs,
        tell: (message) => void this.#overdue(message),
      },
    });
  }

  get id(): string {
    return this.outbox.id;
  }

  get path(): string {
    return this.#options.path;
  }

  get type(): string {
    return this.#options.type;
  }

  describe(): Description {
    const { path, type } = this.#options;
    return {
      path,
      type,
      state: this.#state,
      depth: this.outbox.depth,
      restarts: this.#restarts,
      children: [],
    };
  }

  start(): void {
    this.#state = "starting";
    const worker = this.#openWorker();
    if (worker === null) return;
    const post = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
    const link = new Link((frames, transfer) => post({ t: "frames", frames }, transfer));
    const stopped = Promise.withResolvers<void>();
    const failed = (error: unknown) => {
      if (life === this.#life) this.#failed(error);
    };
    const { runtime, home: { loadMs } } = this.#options;
    const heartbeat = new WorkerHeartbeat({
      runtime,
      silenceMs: loadMs,
      probe: () => {},
      onSilence: () => failed(new Error("The Worker does not load its module")),
    });
    const life: WorkerLife = { worker, link, stopped, alive: null, heartbeat };
    this.#life = life;
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (life !== this.#life) return;
      const { data: message } = fromWorkerSchema.safeParse(data);
      if (message === undefined) this.#failed(new Error("The Worker sent what is no message of the runtime"));
      else this.#received(life, message, post);
    };
    worker.onerror = (event) => {
      // Without `preventDefault` an error event ends the whole process.
      event.preventDefault();
      failed(event.error ?? new Error(event.message));
    };
    worker.onmessageerror = () => failed(new Error("A message of the Worker could not be read"));
  }

  resume(): boolean {
    return false;
  }

  restart(delayMs: number): void {
    if (this.#state === "stopping" || this.#state === "stopped") return;
    this.#state = "restarting";
    this.#backoff?.cancel();
    this.#restarts++;
    this.#endLife("crashed");
    this.#backoff = new WheelTimer(this.#options.runtime, delayMs, () => this.start());
  }

  async stop(deadlineMs: number): Promise<void> {
    if (this.#stopping === null) return await (this.#stopping = this.#stop(deadlineMs));
    // A second stop may have a shorter deadline.
    if (!await deadline(this.#options.runtime, this.#stopping, deadlineMs)) await this.terminate("stopped");
  }

  async #stop(deadlineMs: number): Promise<void> {
    if (this.#state === "stopped") return;
    const { runtime } = this.#options;
    const endMs = runtime.clock.now() + deadlineMs;
    const leftMs = () => Math.max(0, endMs - runtime.clock.now());
    this.outbox.closeWith("stopped");
    this.#backoff?.cancel();
    if (this.#state === "running" || this.#state === "starting") {
      this.#state = "stopping";
      await deadline(runtime, this.outbox.drained(), leftMs());
      const life = this.#life;
      if (life !== null) {
        const message: ToWorker = { t: "stop", deadlineMs: leftMs() };
        life.worker.postMessage(message);
        await deadline(runtime, life.stopped.promise, leftMs());
      }
    }
    await this.terminate("stopped");
  }

  terminate(reason: "stopped" | "crashed"): Promise<void> {
    if (this.#state !== "stopped") {
      this.#state = "stopped";
      this.#backoff?.cancel();
      this.#endLife(reason);
      const { runtime, supervisor } = this.#options;
      runtime.statsOf(this.#counted).actors--;
      supervisor.remove(this);
      this.outbox.end("stopped", reason);
    }
    return Promise.resolve();
  }

  #received(life: WorkerLife, message: FromWorker, post: (message: ToWorker) => void): void {
    if (message.t === "frames") {
      outside(this.#options.runtime.tracer, () => life.link.receive(message.frames));
    } else if (message.t === "loaded") this.#loaded(life, post);
    else if (message.t === "stopped") this.#hasStopped(life);
    else if (message.t === "alive") this.#heard(life);
    else this.#failed(Object.assign(new Error(message.message), { stack: message.stack }));
  }

  #loaded(life: WorkerLife, post: (message: ToWorker) => void): void {
    const { init, path, home } = this.#options;
    const imports = Object.keys(home.exports);
    try {
      post({ t: "init", init, path, graceMs: home.graceMs, imports });
    } catch (error) {
      // The init can't be cloned.
      return this.#failed(error);
    }
    for (const [name, ref] of Object.entries(home.exports)) life.link.expose(name, ref);
    if (this.#state === "starting") this.#state = "running";
    this.outbox.attach(life.link);
    life.heartbeat.stop();
    life.heartbeat = new WorkerHeartbeat({
      runtime: this.#options.runtime,
      silenceMs: home.silenceMs,
      probe: () => post({ t: "probe" }),
      onSilence: () => {
        if (life === this.#life) this.#lost(undefined, new Error("The Worker does not answer its heartbeat"));
      },
    });
  }

  #heard({ alive, heartbeat }: WorkerLife): void {
    alive?.resolve();
    heartbeat.heard();
  }

  #openWorker(): Worker | null {
    const { permissions, module } = this.#options.home;
    const options = { type: "module" as const, name: this.path, deno: { permissions } };
    try {
      return new Worker(module, options);
    } catch (error) {
      // The Worker's permissions exceed those of this isolate.
      this.#failed(error);
      return null;
    }
  }

  /** The actor in the Worker has ended, because it was asked to or of its own accord. */
  #hasStopped(life: WorkerLife): void {
    life.stopped.resolve();
    if (this.#state === "running") void this.stop(ownStopLimitMs);
  }

  /**
   * A message is still being handled after its deadline and the grace. A Worker in an endless loop survives
   * `terminate()` and keeps its thread until the process ends, so a probe tells it from one that can be ended.
   */
  async #overdue(message: string): Promise<void> {
    const life = this.#life;
    if (life === null || life.alive !== null) return;
    const error = new Error(`"${message}" went on past its deadline`);
    life.alive = Promise.withResolvers();
    const probe: ToWorker = { t: "probe" };
    life.worker.postMessage(probe);
    const ends = await deadline(this.#options.runtime, life.alive.promise, probeMs);
    if (life !== this.#life) return;
    if (ends) this.#failed(error);
    else this.#lost(message, error);
  }

  /** The Worker hangs. Where it loops for ever, `terminate` doesn't end its thread. */
  #lost(message: string | undefined, error: Error): void {
    const { runtime, type, path, home: { hasEnded }, supervisor } = this.#options;
    const noteLoss = () => runtime.workerLost({ path, type, message, error });
    if (hasEnded === undefined || this.#state !== "running") {
      noteLoss();
      return this.#failed(error);
    }
    this.#state = "failed";
    this.#endLife("crashed");
    // A Worker of which that can't be found out counts as one that loops.
    void hasEnded().catch(() => false).then((isOver) => {
      if (!isOver) noteLoss();
      // It may have been stopped meanwhile.
      if (this.#state === "failed") supervisor.failed(this, error, undefined);
    });
  }

  #failed(error: unknown): void {
    if (this.#state === "stopping") return void this.terminate("crashed");
    if (this.#state === "stopped") return;
    this.#state = "failed";
    this.#endLife("crashed");
    this.#options.supervisor.failed(this, error, undefined);
  }

  #endLife(code: "stopped" | "crashed"): void {
    const life = this.#life;
    this.#life = null;
    if (life === null) return;
    life.heartbeat.stop();
    life.worker.terminate();
    this.outbox.detach();
    life.link.close(code);
    life.stopped.resolve();
  }
}
