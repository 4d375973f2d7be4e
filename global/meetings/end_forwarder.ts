import { type ActorContext, protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";

const LOOK_MS = 5_000;

/** Nobody asks it anything. */
const EndForwarder = protocol({});

export interface EndForwarderInit {
  /** Delivers the ends that wait; how many it delivered. */
  readonly deliver: () => Promise<number>;
}

/** Delivers ends that the live store could not be told of when they were asked for. */
export class EndForwarderActor {
  static readonly protocol = EndForwarder;
  readonly #init: EndForwarderInit;
  readonly #context: ActorContext<typeof EndForwarder>;
  readonly #log = logger("end_forwarder");
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
      const delivered = await this.#init.deliver();
      this.#isFailing = false;
      if (delivered > 0) this.#log.info("ends were delivered late", { ends: delivered });
    } catch (error) {
      if (!this.#isFailing) this.#log.warn("ends that wait could not be delivered", { error });
      this.#isFailing = true;
    }
  }
}
