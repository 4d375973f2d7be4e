import type { ActorContext } from "../../shared/actor/mod.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { logger } from "../../shared/log/mod.ts";
import { AUDIT_ENTRIES_AT_ONCE } from "../../shared/protocol/mod.ts";
import { AuditForwarder, type AuditForwarderInit } from "./audit_forwarder_protocol.ts";
import type { WaitingEntry } from "./audit_outbox.ts";

/** Other processes on the same database add to the outbox too, and don't wake this one. */
const CHECK_MS = 1_000;
const PAUSES = { firstMs: CHECK_MS, longestMs: 30_000 };

/**
 * Owns the way of audit entries to AC: the oldest first, forgotten once AC has stored them. Several may forward the
 * same entries at the same time: AC knows them by their ids.
 */
export class AuditForwarderActor {
  static readonly protocol = AuditForwarder;
  readonly #init: AuditForwarderInit;
  readonly #context: ActorContext<typeof AuditForwarder>;
  readonly #log = logger("audit");
  #isUnderWay = false;
  #isWoken = false;
  #failures = 0;
  /** AC is left alone until then, on the actor's clock. */
  #pausedUntil = -Infinity;

  constructor(init: AuditForwarderInit, context: ActorContext<typeof AuditForwarder>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.wake();
    this.#context.every(CHECK_MS, () => this.wake());
  }

  wake(): void {
    this.#isWoken = true;
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#isWoken = false;
    void this.#context.pipe(this.#forward(), () => {
      this.#isUnderWay = false;
      if (this.#isWoken) this.wake();
    });
  }

  /** Never rejects. */
  async #forward(): Promise<void> {
    const { outbox, onWaiting } = this.#init;
    try {
      while (!this.#isPaused) {
        const entries = await outbox.oldest(AUDIT_ENTRIES_AT_ONCE);
        if (entries.length === 0) break;
        await this.#deliver(entries);
      }
      onWaiting(await outbox.count());
    } catch (error) {
      this.#pause("the audit entries that wait can't be read", { error });
    }
  }

  /** An entry that AC refuses is dropped: it must not keep all the others waiting. */
  async #deliver(entries: readonly WaitingEntry[]): Promise<void> {
    const { outbox, post, onFailed } = this.#init;
    const failure = await post(entries.map(({ entry }) => entry));
    if (failure?.code === "unavailable") {
      onFailed("delayed", entries.length);
      return this.#pause("audit entries wait for the Auth Controller", { reason: failure.message });
    }
    this.#failures = 0;
    if (failure !== undefined && entries.length > 1) {
      for (const entry of entries) if (!this.#isPaused) await this.#deliver([entry]);
      return;
    }
    if (failure !== undefined) {
      onFailed("refused", entries.length);
      this.#log.error("the Auth Controller refuses an audit entry for good", {
        entries,
        reason: failure.message,
      });
    }
    await outbox.forget(entries.map(({ audit_id }) => audit_id));
  }

  get #isPaused(): boolean {
    return this.#context.stopping || this.#context.clock.now() < this.#pausedUntil;
  }

  #pause(message: string, fields: Record<string, unknown>): void {
    if (this.#failures++ === 0) this.#log.warn(message, fields);
    const { clock, random } = this.#context;
    this.#pausedUntil = clock.now() + backoffMs(this.#failures, { ...PAUSES, random });
  }
}
