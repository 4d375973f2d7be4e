import { protocol } from "../../shared/actor/mod.ts";
import type { ActorContext } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";

const SessionSweeper = protocol({});

export interface SessionSweeperInit {
  /** Deletes the sessions that are over at `now`, in milliseconds since the Unix epoch; says how many. */
  readonly endExpired: (now: number) => Promise<number>;
  readonly periodMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Owns the round that clears away expired sessions, which nobody can use any more but which take up room. */
export class SessionSweeperActor {
  static readonly protocol = SessionSweeper;
  readonly #init: SessionSweeperInit;
  readonly #log = logger("session_sweeper");

  constructor(init: SessionSweeperInit, context: ActorContext<typeof SessionSweeper>) {
    this.#init = init;
    context.every(init.periodMs, () => this.#sweep());
  }

  onStart(): Promise<void> {
    return this.#sweep();
  }

  /** A database that is away has its sessions cleared away the next time. */
  async #sweep(): Promise<void> {
    try {
      const ended = await this.#init.endExpired(this.#init.now());
      if (ended > 0) this.#log.info("expired sessions were cleared away", { sessions: ended });
    } catch (error) {
      this.#log.warn("expired sessions could not be cleared away", { error });
    }
  }
}
