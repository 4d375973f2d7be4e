import type { ShardEndpoint } from "../../shared/protocol/mod.ts";
import type { ControllerEntry } from "../../shared/store/live/mod.ts";
import type { ShardKey } from "./registry_protocol.ts";
import { type Choice, chooseOfTwo } from "./two_choices.ts";

/** A shard that a meeting can be given to. */
export interface Shard {
  readonly controller: ControllerEntry;
  readonly endpoint: ShardEndpoint;
}

/**
 * The shard for a meeting. The controller is one that is ready and has room, the nearest by `rankOf`, the less loaded of two;
 * controllers with a shard in `not` come last, since a dead shard is often a dead process. The shard is chosen by
 * rendezvous hashing, so that a controller's meetings spread over its shards.
 */
export function chooseShard(
  controllers: readonly ControllerEntry[],
  meetingId: string,
  { rankOf, loadOf, random }: Choice<ControllerEntry>,
  not: readonly ShardKey[] = [],
): Shard | undefined {
  const suspects = new Set(not.map(({ controller_id, instance_id }) => `${controller_id} ${instance_id}`));
  const farthest = Math.max(0, ...controllers.map(rankOf));
  const shardFor = (controller: ControllerEntry) => {
    const [endpoint] = controller.endpoints.shards
      .filter(({ shard }) => !not.some((key) => isAt(key, controller, shard)))
      .toSorted((a, b) => hash(`${meetingId} ${b.shard}`) - hash(`${meetingId} ${a.shard}`));
    return endpoint;
  };
  const usable = controllers.filter((entry) =>
    entry.state === "ready" && loadOf(entry) < 1 && shardFor(entry) !== undefined
  );
  const controller = chooseOfTwo(usable, {
    loadOf,
    random,
    rankOf: (entry) => rankOf(entry) + (suspects.has(`${entry.id} ${entry.instance_id}`) ? farthest + 1 : 0),
  });
  const endpoint = controller && shardFor(controller);
  return controller === undefined || endpoint === undefined ? undefined : { controller, endpoint };
}

/** The shard that a lease names, if its instance is still there. */
export function shardOf(controllers: readonly ControllerEntry[], lease: ShardKey): Shard | undefined {
  for (const controller of controllers) {
    const endpoint = controller.endpoints.shards.find(({ shard }) => isAt(lease, controller, shard));
    if (endpoint !== undefined) return { controller, endpoint };
  }
  return undefined;
}

/** The keys of all shards of a controller. */
export function shardsOf({ id, instance_id, endpoints }: ControllerEntry): ShardKey[] {
  return endpoints.shards.map(({ shard }) => ({ controller_id: id, instance_id, shard }));
}

function isAt(key: ShardKey, controller: ControllerEntry, shard: string): boolean {
  return key.controller_id === controller.id && key.instance_id === controller.instance_id &&
    key.shard === shard;
}

/** FNV-1a, 32 bits, and a last mixing (MurmurHash3's), because texts that differ in their end alone spread badly. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
