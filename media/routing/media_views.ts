import type { Producer } from "mediasoup/types";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import { spatialLayersOf } from "../../shared/protocol/spatial_layers.ts";
import type { LiveObjects, LiveParticipant, LiveSending } from "../telemetry/live_objects.ts";
import type { Load } from "../telemetry/load.ts";
import { addressOf } from "./pipe.ts";
import { pairsOf, type RouterMedia } from "./router_media.ts";
import { stateOf, type Subscribed, type TransportPair } from "./transport_pair.ts";

/** A copy of the counts. */
export function loadOf({ load: { transports, producers, consumers } }: RouterMedia): Load {
  return { transports, producers: { ...producers }, consumers: { ...consumers } };
}

/** Every open mediasoup object of the router. */
export function liveObjectsOf(
  { participants, producers }: RouterMedia,
  name: Pick<LiveObjects, "meetingId" | "routerId">,
): LiveObjects {
  const pairs = [...participants.values()].flatMap(pairsOf);
  const all = [...producers.values()];
  return {
    ...name,
    transports: pairs.flatMap(({ live }) => [...live]),
    producers: all.filter(({ pair }) => pair !== null).map(({ producer }) => producer),
    piped: all.filter(({ pair }) => pair === null).map(({ producer }) => producer),
    consumers: pairs.flatMap(({ consumers }) => [...consumers.values()].map(({ consumer }) => consumer)),
    participants: [...participants].map(([participantId, participant]) => ({
      participantId,
      sending: sendingOf(pairsOf(participant)),
      ...newestOf(participant.current),
    })),
  };
}

function sendingOf(pairs: readonly TransportPair[]): LiveSending {
  return {
    sharesScreen: pairs.some(({ producers }) => producers.has("screen")),
    transports: pairs.map(({ send }) => send),
    producers: pairs.flatMap(mediasoupProducersOf),
  };
}

function newestOf(pair: TransportPair): Omit<LiveParticipant, "participantId" | "sending"> {
  const { send, recv, consumers } = pair;
  return {
    send,
    recv,
    producers: mediasoupProducersOf(pair),
    received: [...consumers.values()].map((one) => ({
      consumer: one.consumer,
      wantedLayers: wantedLayersOf(one),
    })),
  };
}

function mediasoupProducersOf({ producers }: TransportPair): Producer[] {
  return [...producers.values()].map(({ producer }) => producer);
}

/** How many spatial layers the receiver is to get. */
function wantedLayersOf({ consumer, published, forwarding }: Subscribed): number {
  if (forwarding.paused || consumer.producerPaused) return 0;
  const layers = spatialLayersOf(published.producer.rtpParameters);
  return Math.min(layers, (forwarding.spatialLayer ?? Infinity) + 1);
}

type Inventoried = Omit<MediaInventory["routers"][number], "router_id">;

/** Everything in a router in the form of the protocol. */
export function inventoryOf(media: RouterMedia): Inventoried {
  return { participants: participantsOf(media), pipes: pipesOf(media) };
}

function pipesOf({ pipes }: RouterMedia): Inventoried["pipes"] {
  return [...pipes].map(([peer_router_id, { transport, connectedTo, sent, received }]) => ({
    peer_router_id,
    is_connected: connectedTo !== null,
    address: addressOf({ transport }),
    ...(connectedTo === null ? {} : { connected_to: connectedTo }),
    sent: [...sent].map(([producer_id, { paused }]) => ({ producer_id, paused })),
    received: [...received].map(([producer_id, { producer: { paused } }]) => ({ producer_id, paused })),
  }));
}

function participantsOf({ participants }: RouterMedia): Inventoried["participants"] {
  return [...participants].map(([participant_id, { current }]) => {
    const { epoch, send, recv, producers, consumers } = current;
    return {
      participant_id,
      epoch,
      send_transport_id: send.id,
      recv_transport_id: recv.id,
      state: stateOf(current),
      producers: [...producers.values()].map(({ producer, source }) => ({
        producer_id: producer.id,
        source,
        paused: producer.paused,
        layers: spatialLayersOf(producer.rtpParameters),
      })),
      consumers: [...consumers.values()].map(({ consumer, forwarding, priority, packetsSent }) => ({
        consumer_id: consumer.id,
        producer_id: consumer.producerId,
        // A picture that the receiver's path doesn't carry is still as the controller wants it.
        paused: forwarding.paused,
        spatial_layer: forwarding.spatialLayer,
        priority,
        ...(packetsSent === null ? {} : { packets_sent: packetsSent }),
      })),
    };
  });
}
