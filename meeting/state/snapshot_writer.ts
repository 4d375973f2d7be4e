import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Lease, LiveStore } from "../../shared/store/live/mod.ts";

export interface SnapshotWriterInit {
  readonly context: Pick<ActorContext<Protocol>, "after" | "pipe" | "ask">;
  readonly snapshots: LiveStore["snapshots"];
  readonly lease: Lease;
  /** Pause between two writes. */
  readonly pauseMs: number;
  /** The meeting as it is now. */
  readonly take: () => string;
  /** Called when a write was refused because another controller has the meeting. */
  readonly onFenced: () => void;
}

/** The pause after a failed write. */
const retryMs = 1_000;

/**
 * Stores a meeting's snapshots. One write is under way at a time; changes that come meanwhile are in the next one. Each
 * write is fenced by the lease's generation.
 */
export class SnapshotWriter {
  readonly #init: SnapshotWriterInit;
  /** Settled by the next write, which contains all changes since the last write began. */
  #next: PromiseWithResolvers<boolean> | null = null;
  /** A write is under way, or the pause after it. */
  #isBusy = false;
  #isOver = false;

  constructor(init: SnapshotWriterInit) {
    this.#init = init;
  }

  /** Says that the meeting changed. Resolves with whether the write that contains the change succeeded. */
  changed(): Promise<boolean> {
    if (this.#isOver) return Promise.resolve(false);
    if (this.#next === null) {
      this.#next = Promise.withResolvers();
      // At the end of the turn, so that one write contains all changes of this turn.
      if (!this.#isBusy) void this.#init.context.pipe(Promise.resolve(), () => this.#write());
    }
    return this.#next.promise;
  }

  /** Stops writing. */
  end(): void {
    this.#isOver = true;
    this.#next?.resolve(false);
    this.#next = null;
  }

  /** Writes changes that are not stored yet. For the actor's `onStop`, in which answers no longer arrive as messages. */
  async flush(): Promise<void> {
    if (this.#isOver || !(this.#next !== null || this.#isBusy)) return;
    const last = this.#next;
    this.#next = null;
    this.#isOver = true;
    const saved = await this.#save();
    last?.resolve(saved.ok);
    if (!saved.ok) this.#log(saved.error.code);
  }

  #write(): void {
    const batch = this.#next;
    if (batch === null || this.#isBusy) return;
    this.#next = null;
    this.#isBusy = true;
    const { context, onFenced, pauseMs } = this.#init;
    void context.pipe(this.#save(), (saved) => {
      batch.resolve(saved.ok);
      this.#isBusy = false;
      if (this.#isOver) return;
      if (!saved.ok && saved.error.code === "fenced") {
        this.end();
        return onFenced();
      }
      if (saved.ok && pauseMs === 0) return this.#write();
      if (!saved.ok) {
        this.#log(saved.error.code);
        this.#next ??= Promise.withResolvers();
      }
      this.#isBusy = true;
      context.after(saved.ok ? pauseMs : Math.max(pauseMs, retryMs), () => {
        this.#isBusy = false;
        this.#write();
      });
    });
  }

  #save() {
    const { context, snapshots, lease: { meeting_id, generation }, take } = this.#init;
    return context.ask(snapshots, "saveSnapshot", { meeting_id, generation, snapshot: take() });
  }

  #log(code: string): void {
    const { meeting_id } = this.#init.lease;
    logger("meeting").error("the meeting's state could not be stored", { meeting_id, code });
  }
}
