import type { WorkerResourceUsage } from "mediasoup/types";
import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  type Failure,
  type Later,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { watchHeartbeat } from "./heartbeat.ts";
import type { WorkerProcess } from "./spawn_worker_process.ts";
import { type RunningWorker, type SfuWorkerSettings, startSfuWorker } from "./start_sfu_worker.ts";
import { type RouterPlace, SfuWorker, type WorkerEvents } from "./worker_messages.ts";
import { readUse, type UseReading } from "./worker_use.ts";

export interface SfuWorkerInit extends SfuWorkerSettings {
  readonly index: number;
  /** Gets a message when this worker runs, and when it is gone. */
  readonly table: ActorRef<typeof WorkerEvents>;
  /** Aborted once a process that ends isn't replaced: a terminal's Ctrl-C reaches the workers too. */
  readonly stopping: AbortSignal;
  /** A process that doesn't answer for this long is killed and replaced. */
  readonly silenceMs: number;
  /** Called for each start that fails, with the cause. The supervisor tries again. */
  readonly onStartFailed: (cause: unknown) => void;
}

/** A process that was asked to end and is still there after this time is killed. */
const closeTimeoutMs = 500;

/**
 * Owns one mediasoup worker process. When the process dies, the actor tells the routing table that its routers are gone,
 * and fails. Its supervisor restarts it with a new process. A process that hangs is killed, and so has died.
 */
export class SfuWorkerActor {
  static readonly protocol = SfuWorker;
  readonly #init: SfuWorkerInit;
  readonly #context: ActorContext<typeof SfuWorker>;
  readonly #log = logger("sfu_worker");
  #running: RunningWorker | undefined;
  #use: UseReading | undefined;

  constructor(init: SfuWorkerInit, context: ActorContext<typeof SfuWorker>) {
    this.#init = init;
    this.#context = context;
  }

  async onStart(): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      this.#init.onStartFailed(error);
      throw error;
    }
  }

  /** The heartbeat goes on meanwhile: a process that hangs would never answer. */
  createRouter(
    body: Body<typeof SfuWorker, "createRouter">,
    { signal }: MessageContext,
  ): Later<RouterPlace | Failure<"unavailable">> {
    return later(this.#createRouter(body, signal));
  }

  describe(): { pid: number; port: number } {
    return { pid: this.#required().worker.pid, port: this.#init.port };
  }

  async #createRouter(
    { meeting_id, mediaCodecs }: Body<typeof SfuWorker, "createRouter">,
    signal: AbortSignal,
  ): Promise<RouterPlace | Failure<"unavailable">> {
    const { index } = this.#init;
    const { worker, webRtcServer } = this.#required();
    try {
      const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
      if (!signal.aborted) return { router, webRtcServer };
      // Nobody waits for it any more, and nobody else would close it.
      router.close();
      return fail("unavailable", `SFU worker ${index} took too long`);
    } catch (error) {
      this.#log.warn("could not create a router", { index, meeting_id, error });
      return fail("unavailable", `SFU worker ${index} can't take the meeting`);
    }
  }

  async #start(): Promise<void> {
    const { index, table, port, stopping } = this.#init;
    const running = await startSfuWorker(this.#init, (process) => {
      this.#context.cleanup(() => ended(process, this.#context));
    });
    const died = Promise.withResolvers<never>();
    running.worker.on("died", (cause) => {
      void this.#tellLost();
      if (stopping.aborted) this.#context.stop();
      else died.reject(new Error(`The process of SFU worker ${index} died`, { cause }));
    });
    this.#context.pipe(died.promise, () => {});
    this.#running = running;
    const told = await table.offer("workerRunning", { index, worker: this.#context.self });
    if (told !== "accepted") {
      throw new Error(`The routing table does not take SFU worker ${index}: it is ${told}`);
    }
    this.#log.info("SFU worker runs", { index, pid: running.worker.pid, port });
    this.#watch(running);
  }

  #watch({ worker, kill }: RunningWorker): void {
    const { index, silenceMs } = this.#init;
    watchHeartbeat(this.#context, {
      worker,
      silenceMs,
      onUsage: (usage) => this.#tellUse(usage),
      onSilence: () => {
        this.#log.error("killing an SFU worker that does not answer", { index, pid: worker.pid, silenceMs });
        kill();
      },
    });
  }

  /** A reading that finds no room is not missed: the next one comes soon. */
  #tellUse(usage: WorkerResourceUsage): void {
    const { index, table } = this.#init;
    this.#use = readUse(usage, this.#context.clock.now(), this.#use);
    const told = table.tell("workerUsed", { index, use: this.#use });
    if (told !== "accepted") this.#log.debug("the routing table was not told of a load", { index, told });
  }

  /** Tells the routing table that the process died. The offer waits for room in a full mailbox. */
  async #tellLost(): Promise<void> {
    const { index, table } = this.#init;
    const outcome = await table.offer("workerLost", { index, reason: `SFU worker ${index} died` });
    if (outcome === "accepted") return;
    this.#log.warn("the routing table was not told of a dead SFU worker", { index, outcome });
  }

  #required(): RunningWorker {
    if (this.#running === undefined) throw new Error("A message came before the worker was started");
    return this.#running;
  }
}

/** Closes the worker and waits until its process is gone, so that the next one finds the ports free. */
async function ended(
  { worker, kill }: WorkerProcess,
  { clock }: Pick<ActorContext<typeof SfuWorker>, "clock">,
): Promise<void> {
  if (worker.subprocessClosed) return;
  const gone = Promise.withResolvers<void>();
  worker.on("subprocessclose", gone.resolve);
  const cancel = clock.set(kill, closeTimeoutMs);
  worker.close();
  await gone.promise;
  cancel();
}
