import type { Consumer } from "mediasoup/types";
import { Failure, type MessageContext } from "../../shared/actor/mod.ts";
import type { PacketCount } from "../../shared/protocol/signaling/entities.ts";
import { gatherLiveObjects } from "./ask_routers.ts";
import type { PlacedRouter } from "./meeting_list.ts";

/** How many packets were sent to each of these consumers. */
export async function gatherSent(
  routers: readonly PlacedRouter[],
  consumerIds: readonly string[],
  message: MessageContext,
): Promise<PacketCount[] | Failure<"unavailable">> {
  const wanted = new Set(consumerIds);
  const live = await gatherLiveObjects(routers, message);
  if (live instanceof Failure) return live;
  const consumers = live.flatMap((objects) => objects.consumers).filter(({ id }) => wanted.has(id));
  return (await Promise.all(consumers.map(countSent))).flat();
}

async function countSent(consumer: Consumer): Promise<PacketCount[]> {
  try {
    const stats = await consumer.getStats();
    const packets = stats.reduce(
      (sum, one) => one.type === "outbound-rtp" ? sum + one.packetCount : sum,
      0,
    );
    return [{ consumer_id: consumer.id, packets }];
  } catch {
    // It was closed meanwhile.
    return [];
  }
}
