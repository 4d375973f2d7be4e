import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  KEPT_MESSAGES,
  type Lease,
  type LiveStore,
  type StoredMessage,
} from "../../shared/store/live/mod.ts";

export interface SnapshotWriterInit {
  readonly context: Pick<ActorContext<Protocol>, "after" | "pipe" | "ask">;
  readonly live: Pick<LiveStore, "leases" | "snapshots">;
  /** The meeting's lease as it is now. */
  readonly lease: () => Lease;
  /** Pause between two writes. */
  readonly pauseMs: number;
  /** The meeting as it is now. */
  readonly take: () => string;
  /** The chat as it is now. */
  readonly takeChat: () => StoredMessage[];
  /** Called after each write. */
  readonly onWritten: (result: "stored" | "failed") => void;
  /** Called when a write was refused because another controller has the meeting. */
  readonly onFenced: () => void;
}

const nothingDue: Due = { isStateDue: false, chat: [] };

function both(earlier: Due, later: Due): Due {
  return {
    isStateDue: earlier.isStateDue || later.isStateDue,
    chat: [...earlier.chat, ...later.chat].slice(-KEPT_MESSAGES),
  };
}

/** The pause after a failed write. */
const retryMs = 1_000;

/** The parts of a meeting that are not stored yet. */
interface Due {
  readonly isStateDue: boolean;
  readonly chat: readonly StoredMessage[];
}

/**
 * Stores a meeting's snapshots and appends to its stored chat. One write is under way at a time; changes that come
 * meanwhile are in the next one. Each write is fenced by the lease's generation. Where the live store has
 * lost that lease, it is written back with all that the meeting has.
 */
export class SnapshotWriter {
  readonly #init: SnapshotWriterInit;
  #due: Due = nothingDue;
  /** What the write under way contains. */
  #underWay: Due = nothingDue;
  /** Settled by the next write, which contains all changes since the last write began. */
  #next: PromiseWithResolvers<boolean> | null = null;
  /** A write is under way, or the pause after it. */
  #isBusy = false;
  #isOver = false;
  #isFailing = false;

  constructor(init: SnapshotWriterInit) {
    this.#init = init;
  }

  /** Whether the last write failed: changes since then are here alone. */
  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** Says that the meeting changed. Resolves with whether the write that contains the change succeeded. */
  changed(): Promise<boolean> {
    this.#due = { ...this.#due, isStateDue: true };
    return this.#nextWrite();
  }

  /** Says that the store may have lost what was written: writes all that the meeting has once more. */
  restore(): void {
    this.#due = { isStateDue: true, chat: this.#init.takeChat() };
    void this.#nextWrite();
  }

  /** Appends a message to the stored chat. Resolves with whether the write that contains it succeeded. */
  said(message: StoredMessage): Promise<boolean> {
    this.#due = { ...this.#due, chat: [...this.#due.chat, message] };
    return this.#nextWrite();
  }

  #nextWrite(): Promise<boolean> {
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

  /** Writes again after a write was refused: the meeting has a lease of a new term. */
  goOn(): void {
    this.#isOver = false;
    void this.changed();
  }

  /** Writes changes that are not stored yet. For the actor's `onStop`, in which answers no longer arrive as messages. */
  async flush(): Promise<void> {
    // The outcome of a write under way can't be waited for here, so this one has the same again.
    this.#due = both(this.#underWay, this.#due);
    if (this.#isOver || !(this.#due.isStateDue || this.#due.chat.length > 0)) return;
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
    const { context, lease, onFenced, pauseMs } = this.#init;
    const { generation } = lease();
    void context.pipe(this.#save(), (saved) => {
      batch.resolve(saved.ok);
      this.#isBusy = false;
      if (this.#isOver) return;
      // A fence at a generation of before says nothing of the lease that the meeting has now.
      if (!saved.ok && saved.error.code === "fenced" && generation === lease().generation) {
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

  /** Stores what is due. It stays due if the write fails: a message that was stored all the same is skipped by its number. */
  async #save() {
    const { take } = this.#init;
    const due = this.#underWay = this.#due;
    this.#due = nothingDue;
    const saved = await this.#store(due.isStateDue ? take() : null, [...due.chat]);
    if (!saved.ok) this.#due = both(due, this.#due);
    this.#isFailing = !saved.ok;
    this.#init.onWritten(saved.ok ? "stored" : "failed");
    this.#underWay = nothingDue;
    return saved;
  }

  async #store(snapshot: string | null, chat: StoredMessage[]) {
    const { context, live, take, takeChat } = this.#init;
    const lease = this.#init.lease();
    const { meeting_id, generation } = lease;
    const write = { meeting_id, generation };
    const saved = await context.ask(live.snapshots, "saveSnapshot", { ...write, snapshot, chat });
    if (saved.ok || saved.error.code !== "fenced") return saved;
    const restored = await context.ask(live.leases, "writeBack", lease);
    if (!restored.ok) return restored;
    logger("meeting").warn("the live store had lost the meeting", { meeting_id });
    return await context.ask(live.snapshots, "saveSnapshot", {
      ...write,
      snapshot: take(),
      chat: takeChat(),
    });
  }

  #log(code: string): void {
    const { meeting_id } = this.#init.lease();
    logger("meeting").error("the meeting's state could not be stored", { meeting_id, code });
  }
}
