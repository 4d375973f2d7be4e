import * as z from "zod";
import { mediaSource } from "../signaling/entities.ts";
import { count, id } from "../text.ts";
import { pairState, pipeEnd } from "./steps.ts";

const producer = z.object({
  producer_id: id,
  source: mediaSource,
  paused: z.boolean(),
  /** How many spatial layers it has; 1 for sound. */
  layers: count,
});

const consumer = z.object({
  consumer_id: id,
  producer_id: id,
  paused: z.boolean(),
  /** The preferred layer; null while no step has set one. */
  spatial_layer: count.nullable(),
  priority: z.int(),
  /** RTP packets that were sent since its start, as of the last round of statistics; absent before the first. */
  packets_sent: count.exactOptional(),
});

/** One participant's objects in a router, of the newest epoch alone. */
const participant = z.object({
  participant_id: id,
  epoch: count,
  send_transport_id: id,
  recv_transport_id: id,
  /** Of the two transports together. */
  state: pairState,
  producers: z.array(producer),
  consumers: z.array(consumer),
});

/** One end of a pipe, with the producers that go through it. */
const pipe = z.object({
  peer_router_id: id,
  is_connected: z.boolean(),
  /** This end's own. Absent in an inventory of an earlier version. */
  address: z.object(pipeEnd).exactOptional(),
  /** The end that it is connected to. Absent while it isn't, and in an inventory of an earlier version. */
  connected_to: z.object(pipeEnd).exactOptional(),
  sent: z.array(z.object({ producer_id: id, paused: z.boolean() })),
  /** `paused` is whether it is paused in this router. Absent in an inventory of an earlier version. */
  received: z.array(z.object({ producer_id: id, paused: z.boolean().exactOptional() })),
});

/** All objects of a meeting on a handler. */
export const mediaInventory = z.object({
  /** The number of the last numbered batch that was applied at this generation; 0 before the first. */
  batch: count,
  /** The handler is about to end: whoever is on it has to be moved to another one. */
  draining: z.boolean().exactOptional(),
  routers: z.array(z.object({ router_id: id, participants: z.array(participant), pipes: z.array(pipe) })),
});

export type MediaInventory = z.infer<typeof mediaInventory>;
