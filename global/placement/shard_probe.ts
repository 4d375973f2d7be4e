import { type ActorContext, type Body, later } from "../../shared/actor/mod.ts";
import { type ProbedShard, ShardProbe, type ShardProbeInit, type Verdict } from "./shard_probe_protocol.ts";

/** So long a shard stays dead without being asked again: its clients come within moments of one another. */
const DEAD_MS = 1_000;

type Question = Body<typeof ShardProbe, "verdict">;

interface Probe {
  readonly verdict: Promise<Verdict>;
  isUnderWay: boolean;
  /** Those for which it was asked. */
  readonly leases: Set<string>;
}

/**
 * Owns the probes of shards that clients can't reach: one a shard, whose verdict all who ask for it share. The verdict of
 * one that is over holds for the leases that it was asked for: a shard that has started anew raises a meeting's generation.
 */
export class ShardProbeActor {
  static readonly protocol = ShardProbe;
  readonly #init: ShardProbeInit;
  readonly #context: ActorContext<typeof ShardProbe>;
  readonly #probes = new Map<string, Probe>();

  constructor(init: ShardProbeInit, context: ActorContext<typeof ShardProbe>) {
    this.#init = init;
    this.#context = context;
  }

  verdict({ meeting_id, generation, ...shard }: Question) {
    const key = JSON.stringify([shard.controller_id, shard.instance_id, shard.shard, shard.probe_url]);
    const lease = `${meeting_id} ${generation}`;
    const known = this.#probes.get(key);
    const probe = known?.isUnderWay || known?.leases.has(lease) ? known : this.#probe(key, shard);
    probe.leases.add(lease);
    return later(probe.verdict);
  }

  #probe(key: string, shard: ProbedShard): Probe {
    const verdict = this.#context.pipe(this.#init.probe(shard), (found) => {
      probe.isUnderWay = false;
      if (found === "dead") this.#context.after(DEAD_MS, () => this.#forget(key, probe));
      else this.#forget(key, probe);
      return found;
    });
    const probe: Probe = { verdict, isUnderWay: true, leases: new Set() };
    this.#probes.set(key, probe);
    return probe;
  }

  #forget(key: string, probe: Probe): void {
    if (this.#probes.get(key) === probe) this.#probes.delete(key);
  }
}
