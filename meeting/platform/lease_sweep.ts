import { type ActorContext, protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnopened, type LiveStore } from "../../shared/store/live/mod.ts";

const SWEEP_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const LEAST_UNUSED_MS = 24 * HOUR_MS;

/** Nobody asks it anything. */
const LeaseSweep = protocol({});

export interface LeaseSweepInit {
  readonly live: Pick<LiveStore, "leases" | "registrations">;
  /** How long an empty meeting goes on. */
  readonly idleMs: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/**
 * Has the live store forget meetings that nobody runs and nobody opens again. An opening that late starts a new run anyway.
 * A shard holds the leases of what it runs every few seconds; where that fails for long, or a clock is set, they may look
 * unused for a moment. So only what was so at two sweeps in a row is forgotten.
 */
export class LeaseSweepActor {
  static readonly protocol = LeaseSweep;
  readonly #init: LeaseSweepInit;
  readonly #context: ActorContext<typeof LeaseSweep>;
  readonly #since;
  #lastUnused: ReadonlySet<string> = new Set();

  constructor(init: LeaseSweepInit, context: ActorContext<typeof LeaseSweep>) {
    this.#init = init;
    this.#context = context;
    // An empty meeting whose controller is gone is opened as it was within a little more than `idleMs`.
    const restorableMs = 2 * init.idleMs;
    this.#since = {
      unused_ms: Math.max(LEAST_UNUSED_MS, restorableMs),
      unopened_ms: Math.max(HOUR_MS, restorableMs),
    };
    context.every(SWEEP_MS, () => void context.pipe(this.#unused(), (unused) => this.#forget(unused)));
  }

  /** A controller of an older program holds nothing: what it has opened is left alone while it is heard of. */
  async #unused(): Promise<string[]> {
    const { live, now } = this.#init;
    const [unused, controllers] = await Promise.all([
      this.#context.ask(live.leases, "unused", this.#since),
      this.#context.ask(live.registrations, "controllers", undefined),
    ]);
    if (!unused.ok || !controllers.ok) return [];
    const heard = new Set(
      controllers.value.filter(({ heartbeat_ms }) => now() - heartbeat_ms < HOUR_MS)
        .map(({ id, instance_id }) => `${id} ${instance_id}`),
    );
    return unused.value
      .filter((lease) => isUnopened(lease) || !heard.has(`${lease.controller_id} ${lease.instance_id}`))
      .map(({ meeting_id }) => meeting_id);
  }

  async #forget(unused: readonly string[]): Promise<void> {
    const meeting_ids = unused.filter((id) => this.#lastUnused.has(id));
    this.#lastUnused = new Set(unused);
    if (meeting_ids.length === 0) return;
    const { leases } = this.#init.live;
    const forgotten = await this.#context.ask(leases, "forget", { meeting_ids, ...this.#since });
    const log = logger("lease sweep");
    if (forgotten.ok) log.info("meetings that nobody runs were forgotten", { meetings: meeting_ids.length });
    else log.warn("meetings that nobody runs were not forgotten", { code: forgotten.error.code });
  }
}
