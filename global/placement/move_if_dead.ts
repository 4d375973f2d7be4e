import type { MeetingFacts } from "../../shared/store/live/mod.ts";
import { placeMeeting, placementRefusal } from "./place_meeting.ts";
import type { PlacementServices } from "./placement_services.ts";
import { answers } from "./probe_shard.ts";
import type { Placement, ShardKey } from "./registry_protocol.ts";

/** A dead shard is asked so often before it counts as dead. */
const PROBES = 2;
/** Further places that are tried in one request. */
const MAX_MOVES = 4;

/**
 * The place of a meeting that somebody can't reach. If its shard is dead, the meeting is given to another one, which
 * was seen alive.
 *
 * @throws {HttpError} 503 if there is no other
 */
export async function moveIfDead(services: PlacementServices, facts: MeetingFacts): Promise<Placement> {
  const { settings: { probeTimeoutMs }, registry } = services;
  const dead: ShardKey[] = [];
  let place = await placeMeeting(services, facts);
  for (let moves = 0;; moves++) {
    for (let probe = 0; probe < PROBES; probe++) {
      if (await answers(place.internal_url, probeTimeoutMs)) return place;
    }
    const { controller_id, instance_id, shard, generation } = place.lease;
    dead.push({ controller_id, instance_id, shard });
    const moved = await registry.ask("move", { facts, generation, not: dead });
    if (moved.ok) place = moved.value;
    // Somebody else has found it dead too, and moved it.
    else if (moved.error.code === "changed" && moves < MAX_MOVES) place = await placeMeeting(services, facts);
    else throw placementRefusal(moved.error);
    if (moves >= MAX_MOVES) return place;
  }
}
