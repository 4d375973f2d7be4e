import type { ShardEndpoint } from "../../shared/protocol/mod.ts";
import type { ControllerEntry, HandlerEntry, Lease } from "../../shared/store/live/mod.ts";
import type { ShardKey } from "./registry_protocol.ts";

/** A shard that a meeting can be given to. */
export interface Shard {
  readonly controller: ControllerEntry;
  readonly endpoint: ShardEndpoint;
}

/**
 * The shard for a meeting: one of the least loaded ready controller, by rendezvous hashing, so that a controller's
 * meetings spread over its shards. Controllers with a shard in `not` come last, since a dead shard is often a dead
 * process.
 */
export function chooseShard(
  controllers: readonly ControllerEntry[],
  meetingId: string,
  loadOf: (controller: ControllerEntry) => number,
  not: readonly ShardKey[] = [],
): Shard | undefined {
  const suspects = new Set(not.map(({ controller_id, instance_id }) => `${controller_id} ${instance_id}`));
  const isSuspect = (c: ControllerEntry) => suspects.has(`${c.id} ${c.instance_id}`) ? 1 : 0;
  const ranked = controllers.filter(({ state }) => state === "ready").toSorted((a, b) =>
    isSuspect(a) - isSuspect(b) || loadOf(a) - loadOf(b) ||
    hash(`${meetingId} ${b.id}`) - hash(`${meetingId} ${a.id}`)
  );
  for (const controller of ranked) {
    const [endpoint] = controller.endpoints.shards
      .filter(({ shard }) => !not.some((key) => isAt(key, controller, shard)))
      .toSorted((a, b) => hash(`${meetingId} ${b.shard}`) - hash(`${meetingId} ${a.shard}`));
    if (endpoint !== undefined) return { controller, endpoint };
  }
  return undefined;
}

/** The shard that a lease names, if its instance is still there. */
export function shardOf(controllers: readonly ControllerEntry[], lease: ShardKey): Shard | undefined {
  for (const controller of controllers) {
    const endpoint = controller.endpoints.shards.find(({ shard }) => isAt(lease, controller, shard));
    if (endpoint !== undefined) return { controller, endpoint };
  }
  return undefined;
}

/**
 * The handlers for a meeting, the first and its backup: those that it had, as far as they are ready, because they keep
 * its routers for a while; then the least loaded.
 */
export function chooseHandlers(
  handlers: readonly HandlerEntry[],
  before: Lease["handlers"] = [],
): Lease["handlers"] {
  const ready = handlers.filter(({ state }) => state === "ready");
  const rank = ({ id }: HandlerEntry) => {
    const index = before.findIndex((handler) => handler.id === id);
    return index === -1 ? before.length : index;
  };
  return ready.toSorted((a, b) => rank(a) - rank(b) || a.load - b.load || (a.id < b.id ? -1 : 1))
    .slice(0, 2)
    .map(({ id, endpoints }) => ({ id, link_url: endpoints.link_url }));
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
