import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingRouter } from "./meeting_router_messages.ts";
import { settleEvent } from "./settle_event.ts";
import type { Published } from "./transport_pair.ts";

/** Tells the actor of a producer's router when the producer's first packets have come. */
export function watchFirstPackets(
  router: ActorRef<typeof MeetingRouter>,
  { producer, participantId: participant_id }: Published,
): void {
  // A producer that closes meanwhile refuses both requests, and has no packets.
  const trace = (types: "rtp"[]) => producer.enableTraceEvent(types).catch(() => {});
  producer.once("trace", () => {
    void trace([]);
    void settleEvent("flowing", router.offer("flowing", { participant_id, producer_id: producer.id }));
  });
  void trace(["rtp"]);
}
