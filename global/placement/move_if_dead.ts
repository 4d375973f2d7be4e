import { unavailable } from "../errors/unavailable.ts";
import { placeMeeting, placementRefusal } from "./place_meeting.ts";
import type { PlacementServices } from "./placement_services.ts";
import type { Placement, ShardKey } from "./registry_protocol.ts";

/** Further shards that are tried in one request. */
const MAX_MOVES = 4;

/**
 * The shard of a meeting that a client can't reach. If that shard is dead, the meeting is given to another one, which
 * was seen alive.
 *
 * @throws {HttpError} 503 if there is no other, and while it can't be said whether the shard is dead
 */
export async function moveIfDead(services: PlacementServices, meeting_id: string): Promise<Placement> {
  const { registry, shardProbe } = services;
  const dead: ShardKey[] = [];
  let place = await placeMeeting(services, meeting_id);
  for (let moves = 0; moves <= MAX_MOVES; moves++) {
    const { lease: { controller_id, instance_id, shard, generation }, probe_url, control_url } = place;
    const key = { controller_id, instance_id, shard };
    const question = { ...key, probe_url, control_url, meeting_id, generation };
    const verdict = await shardProbe.ask("verdict", question);
    if (!verdict.ok) throw unavailable(verdict.error);
    if (verdict.value === "alive") return place;
    if (verdict.value === "undecided") throw unavailable(new Error("The shard doesn't answer in time"));
    dead.push(key);
    const moved = await registry.ask("move", { meeting_id, generation, not: dead });
    if (moved.ok) place = moved.value;
    // Somebody else has found it dead too, and moved it.
    else if (moved.error.code === "changed") place = await placeMeeting(services, meeting_id);
    else throw placementRefusal(moved.error);
  }
  throw unavailable(new Error("Every shard that was tried is dead"));
}
