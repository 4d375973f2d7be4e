import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Lease, LiveStore } from "../../shared/store/live/mod.ts";

export interface SnapshotWriterInit {
  readonly context: Pick<ActorContext<Protocol>, "after" | "pipe">;
  readonly snapshots: LiveStore["snapshots"];
  readonly lease: Lease;
  /** Changes are gathered this long before they are stored. */
  readonly gatherMs: number;
  /** The meeting as it is now. */
  readonly take: () => string;
  /** Another controller has the meeting. */
  readonly onFenced: () => void;
}

/** Stores a meeting's snapshots: one write at a time, many changes in one, refused once the lease is another's. */
export class SnapshotWriter {
  readonly #init: SnapshotWriterInit;
  #dirty = false;
  #writing = false;
  #over = false;

  constructor(init: SnapshotWriterInit) {
    this.#init = init;
  }

  /** Something changed that must not be forgotten. */
  changed(): void {
    if (this.#dirty || this.#over) return;
    this.#dirty = true;
    if (!this.#writing) this.#writeLater();
  }

  /** Nothing is written any more. */
  end(): void {
    this.#over = true;
    this.#dirty = false;
  }

  /** For the actor's last moment, in which no answer reaches it as a message any more: writes what may not be stored. */
  async flush(): Promise<void> {
    if (this.#over || !(this.#dirty || this.#writing)) return;
    this.end();
    const saved = await this.#save();
    if (!saved.ok) this.#log(saved.error.code);
  }

  /** Writes now; false when that failed, and then it is tried again. */
  write(): Promise<boolean> {
    this.#dirty = false;
    this.#writing = true;
    const { context, onFenced } = this.#init;
    return context.pipe(this.#save(), (saved) => {
      this.#writing = false;
      if (!saved.ok && saved.error.code === "fenced") {
        this.end();
        onFenced();
      } else if (!saved.ok) {
        this.#log(saved.error.code);
        this.#dirty = !this.#over;
      }
      if (this.#dirty) this.#writeLater();
      return saved.ok;
    });
  }

  #save() {
    const { snapshots, lease: { meeting_id, generation }, take } = this.#init;
    return snapshots.ask("saveSnapshot", { meeting_id, generation, snapshot: take() });
  }

  #log(code: string): void {
    const { meeting_id } = this.#init.lease;
    logger("meeting").error("the meeting's state could not be stored", { meeting_id, code });
  }

  #writeLater(): void {
    this.#init.context.after(this.#init.gatherMs, () => {
      if (this.#dirty) void this.write();
    });
  }
}
