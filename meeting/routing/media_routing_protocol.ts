import { z } from "zod";
import { type ActorRef, ask, local, protocol, tell } from "../../shared/actor/mod.ts";
import {
  assignment,
  consumer,
  dtlsParameters,
  iceParameters,
  layout,
  mediaKind,
  mediaSource,
  rtpCapabilities,
  rtpParameters,
  transports,
} from "../../shared/protocol/mod.ts";
import type { Connection } from "../signaling/connection.ts";

const participant = { participantId: z.string() };
const refusals = ["not_found", "rejected", "unavailable"] as const;

/** What a media handler reports of a meeting. */
export type MediaEvent =
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "transport lost"; readonly participantId: string }
  | { readonly kind: "speaker"; readonly participantId: string | null };

export const MediaRouting = protocol({
  /** Fresh transports, and what the layout shows, in one round trip to the handler. */
  attach: ask(
    z.object({ ...participant, rtpCapabilities, layout, connection: local<ActorRef<typeof Connection>>() }),
    z.object({ transports, assignments: z.array(assignment), consumers: z.array(consumer) }),
    refusals,
  ),
  detach: tell(z.object(participant)),
  /** Somebody is in the meeting, with or without media of their own. */
  present: tell(z.object(participant)),
  setLayout: ask(z.object({ ...participant, layout }), z.array(assignment), refusals),
  connect: ask(z.object({ ...participant, transportId: z.string(), dtlsParameters }), z.void(), refusals),
  produce: ask(
    z.object({
      ...participant,
      transportId: z.string(),
      kind: mediaKind,
      source: mediaSource,
      rtpParameters,
    }),
    z.object({ producer_id: z.string() }),
    refusals,
  ),
  setPaused: ask(
    z.object({ ...participant, producerId: z.string(), paused: z.boolean() }),
    z.void(),
    refusals,
  ),
  closeProducer: ask(z.object({ ...participant, producerId: z.string() }), z.void(), refusals),
  ready: ask(z.object({ ...participant, consumerIds: z.array(z.string()) }), z.void(), refusals),
  restartIce: ask(
    z.object({ ...participant, transportId: z.string() }),
    z.object({ ice_parameters: iceParameters }),
    refusals,
  ),
  event: tell(local<MediaEvent>()),
  /** The meeting is over. */
  end: ask(z.void(), z.void()),
});
