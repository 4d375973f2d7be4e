import type { ActorRef } from "../../shared/actor/mod.ts";
import type { Layout, RtpCapabilities } from "../../shared/protocol/mod.ts";
import type { Connection } from "../signaling/connection.ts";
import type { Placement } from "../layout/grid.ts";
import { type Producer, type Subscribed, wantedProducers } from "./media.ts";

/** A participant with transports: what they should receive, and what the handler sends them. */
export interface Subscriber {
  readonly participantId: string;
  readonly rtpCapabilities: RtpCapabilities;
  readonly connection: ActorRef<typeof Connection>;
  layout: Layout;
  placements: Placement[];
  /** The transports are there. */
  attached: boolean;
  /** The handler works on a change; `dirty` then says that another one is due. */
  busy: boolean;
  dirty: boolean;
  /** By producer. */
  readonly consumers: Map<string, Subscribed>;
  /** Producers on older transports, which end at the first connect on the new ones. */
  staleProducers: string[];
}

export function newSubscriber(
  init: Pick<Subscriber, "participantId" | "rtpCapabilities" | "connection" | "layout">,
  placements: Placement[],
  staleProducers: string[],
): Subscriber {
  const { participantId, rtpCapabilities, connection, layout } = init;
  return {
    participantId,
    rtpCapabilities,
    connection,
    layout,
    placements,
    attached: false,
    busy: false,
    dirty: false,
    consumers: new Map(),
    staleProducers,
  };
}

/** The producers that a subscriber is to receive now. */
export function wantedBy(subscriber: Subscriber, producers: Iterable<Producer>): Set<string> {
  return wantedProducers(subscriber.participantId, subscriber.placements, producers);
}

/** Forgets the consumers of the producers that `unwanted` names; returns their ids. */
export function dropConsumers(subscriber: Subscriber, unwanted: (producerId: string) => boolean): string[] {
  const dropped: string[] = [];
  for (const { producerId, consumerId } of subscriber.consumers.values()) {
    if (!unwanted(producerId)) continue;
    subscriber.consumers.delete(producerId);
    dropped.push(consumerId);
  }
  return dropped;
}
