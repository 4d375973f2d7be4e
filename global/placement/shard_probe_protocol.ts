import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";
import { placement } from "./registry_protocol.ts";

/** `undecided`: neither the shard nor its controller answers, so that missed heartbeats have to decide. */
export const verdict = z.enum(["alive", "dead", "undecided"]);

/** A shard, and where it and its controller can be asked. */
const probedShard = placement.pick({ probe_url: true, control_url: true }).extend(
  placement.shape.lease.pick({ controller_id: true, instance_id: true, shard: true }).shape,
);

/** Whether shards that clients can't reach are alive, asked for a meeting by its lease. */
export const ShardProbe = protocol({
  verdict: ask(
    probedShard.extend(placement.shape.lease.pick({ meeting_id: true, generation: true }).shape),
    verdict,
  ),
});

export type Verdict = z.infer<typeof verdict>;
export type ProbedShard = z.infer<typeof probedShard>;

export interface ShardProbeInit {
  /** Asks a shard, and its controller if need be. Never rejects. */
  readonly probe: (shard: ProbedShard) => Promise<Verdict>;
}
