import { type ActorContext, protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";

const LOOK_MS = 5_000;

/** Nobody asks it anything. */
const EndForwarder = protocol({});

export interface EndForwarderInit {
  readonly leases: LiveStore["leases"];
  /** Delivers the first of the ends that wait; how many it delivered. */
  readonly deliver: () => Promise<number>;
  /** Has the ends wait once more that the live store may have lost. */
  readonly repeat: () => Promise<void>;
}

/**
 * Delivers ends that the live store could not be told of when they were asked for, and those that it has lost: a controller
 * that was not told writes back what it runs.
 */
export class EndForwarderActor {
  static readonly protocol = EndForwarder;
  readonly #init: EndForwarderInit;
  readonly #context: ActorContext<typeof EndForwarder>;
  readonly #log = logger("end_forwarder");
  /** The live store's, as it was when all that it had lost was found. */
  #epoch: string | undefined;
  #isUnderWay = false;
  #isFailing = false;

  constructor(init: EndForwarderInit, context: ActorContext<typeof EndForwarder>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.#context.every(LOOK_MS, () => this.#look());
  }

  #look(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    void this.#context.pipe(this.#deliver(), () => {
      this.#isUnderWay = false;
    });
  }

  /** Never rejects. */
  async #deliver(): Promise<void> {
    try {
      await this.#repeatLost();
      let delivered = 0;
      for (let more = 1; more > 0; delivered += more) more = await this.#init.deliver();
      this.#isFailing = false;
      if (delivered > 0) this.#log.info("ends were delivered late", { ends: delivered });
    } catch (error) {
      if (!this.#isFailing) this.#log.warn("ends that wait could not be delivered", { error });
      this.#isFailing = true;
    }
  }

  async #repeatLost(): Promise<void> {
    const { leases, repeat } = this.#init;
    const read = await this.#context.ask(leases, "epoch", undefined);
    if (!read.ok) return;
    const { epoch, lost_before_ms } = read.value;
    // A GC that starts knows of no earlier epoch, but of a loss that was a moment ago.
    const isLost = this.#epoch === undefined ? lost_before_ms !== undefined : epoch !== this.#epoch;
    if (isLost) await repeat();
    this.#epoch = epoch;
  }
}
