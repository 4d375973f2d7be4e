import type { Consumer } from "mediasoup/types";
import type { ActorRef } from "../../shared/actor/mod.ts";
import type { MeetingRouter } from "./meeting_router_messages.ts";
import { settleEvent } from "./settle_event.ts";

/** Tells the actor of a consumer's router each spatial layer that mediasoup sends it; null for none. */
export function watchLayers(
  router: ActorRef<typeof MeetingRouter>,
  participant_id: string,
  consumer: Consumer,
): void {
  consumer.on("layerschange", (layers) => {
    const layer = {
      participant_id,
      producer_id: consumer.producerId,
      spatial_layer: layers?.spatialLayer ?? null,
    };
    void settleEvent("layerChanged", router.offer("layerChanged", layer));
  });
}
