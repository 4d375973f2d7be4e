import { type ActorContext, protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";

const LOOK_MS = 2_000;

/** Nobody asks it anything. */
const EpochWatch = protocol({});

export interface EpochWatchInit {
  readonly leases: LiveStore["leases"];
  /** Called when the live store has lost data: it came back empty, or as a replica that was behind. */
  readonly onLost: () => void;
}

/** Watches the live store's epoch, so that running meetings write back soon what the store has lost. */
export class EpochWatchActor {
  static readonly protocol = EpochWatch;
  readonly #init: EpochWatchInit;
  readonly #context: ActorContext<typeof EpochWatch>;
  #known: string | undefined;
  #isLooking = false;

  constructor(init: EpochWatchInit, context: ActorContext<typeof EpochWatch>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.#look();
    this.#context.every(LOOK_MS, () => this.#look());
  }

  #look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const asked = this.#context.ask(this.#init.leases, "epoch", undefined);
    void this.#context.pipe(asked, (read) => {
      this.#isLooking = false;
      if (!read.ok) return;
      const { epoch } = read.value;
      if (this.#known !== undefined && this.#known !== epoch) {
        logger("live store").warn("the live store has lost data");
        this.#init.onLost();
      }
      this.#known = epoch;
    });
  }
}
