import { type ActorContext, later } from "../../shared/actor/mod.ts";
import { type ProbedShard, ShardProbe, type ShardProbeInit, type Verdict } from "./shard_probe_protocol.ts";

/** So long a shard stays dead without being asked again: its clients come within moments of one another. */
const DEAD_MS = 1_000;

/** Owns the probes of shards that clients can't reach: one a shard, whose verdict all who ask for it share. */
export class ShardProbeActor {
  static readonly protocol = ShardProbe;
  readonly #init: ShardProbeInit;
  readonly #context: ActorContext<typeof ShardProbe>;
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  constructor(init: ShardProbeInit, context: ActorContext<typeof ShardProbe>) {
    this.#init = init;
    this.#context = context;
  }

  verdict(shard: ProbedShard) {
    const key = JSON.stringify([shard.controller_id, shard.instance_id, shard.shard, shard.probe_url]);
    const known = this.#verdicts.get(key);
    if (known !== undefined) return later(known);
    const verdict = this.#context.pipe(this.#init.probe(shard), (found) => {
      if (found === "dead") this.#context.after(DEAD_MS, () => void this.#verdicts.delete(key));
      else this.#verdicts.delete(key);
      return found;
    });
    this.#verdicts.set(key, verdict);
    return later(verdict);
  }
}
