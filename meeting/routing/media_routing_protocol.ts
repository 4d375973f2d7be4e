import { z } from "zod";
import { type ActorRef, ask, local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
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
import type { MediaClient } from "./neighbours.ts";

const participant = { participantId: z.string() };
const refusals = [
  /** No such transport, producer or consumer of the participant. */
  "not_found",
  /** The media handler refused the parameters. */
  "rejected",
  /** No media handler can be reached, or none takes more. */
  "unavailable",
] as const;

export const MediaRouting = protocol({
  /** Fresh transports, and what the layout shows, in one batch to the handler. */
  attach: ask(
    z.object({ ...participant, rtpCapabilities, layout, client: local<ActorRef<typeof MediaClient>>() }),
    z.object({ transports, assignments: z.array(assignment), consumers: z.array(consumer) }),
    ["unavailable"],
  ),
  /** Answered once everybody who received something of the participant was told that it is gone. */
  detach: ask(z.object(participant), z.void()),
  /** Somebody is in the meeting, with or without media of their own. */
  present: tell(z.object(participant)),
  setLayout: ask(z.object({ ...participant, layout }), z.array(assignment), ["not_found"]),
  connect: ask(z.object({ ...participant, transportId: z.string(), dtlsParameters }), z.void(), refusals),
  produce: ask(
    z.object({
      ...participant,
      transportId: z.string(),
      kind: mediaKind,
      source: mediaSource,
      rtpParameters,
      paused: z.boolean(),
    }),
    z.object({ producer_id: z.string() }),
    refusals,
  ),
  setPaused: ask(
    z.object({ ...participant, producerId: z.string(), paused: z.boolean() }),
    z.void(),
    ["not_found"],
  ),
  closeProducer: ask(z.object({ ...participant, producerId: z.string() }), z.void(), ["not_found"]),
  ready: ask(z.object({ ...participant, consumerIds: z.array(z.string()) }), z.void()),
  restartIce: ask(
    z.object({ ...participant, transportId: z.string() }),
    z.object({ ice_parameters: iceParameters }),
    refusals,
  ),
  /** From the handler, in the order in which things happened. */
  reported: tell(local<{ readonly reports: readonly MediaReport[] }>()),
  /** The meeting is over. */
  end: ask(z.void(), z.void()),
});
