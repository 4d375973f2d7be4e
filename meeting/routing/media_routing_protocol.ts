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
  packetCount,
  rtpCapabilities,
  rtpParameters,
  sourceState,
  transports,
} from "../../shared/protocol/mod.ts";
import { type MediaClient, ReportTaker } from "./neighbours.ts";
import { rightsChange } from "./rights.ts";

const participant = { participantId: z.string() };
/** The user or guest that the participant is: limits hold for all devices of one together. */
const person = { sub: z.string() };
const refusals = [
  /** The participant has no such transport, producer or consumer. */
  "not_found",
  /** The media handler refused the parameters. */
  "rejected",
  /** No media handler can be reached, or none takes more. */
  "unavailable",
] as const;

export const MediaRouting = protocol({
  ...ReportTaker,
  /**
   * Gives a participant fresh transports and the consumers of their layout, in one batch to the handler. With `keep` a
   * participant goes on with the transports that they have, if the handler has them connected.
   */
  attach: ask(
    z.object({
      ...participant,
      rtpCapabilities,
      /** Where the participant is, by the GC that answered their join; null where nobody said. */
      region: z.string().nullable(),
      /** Absent: the default, or with `keep` the layout that the participant has. */
      layout: layout.exactOptional(),
      client: local<ActorRef<typeof MediaClient>>(),
      keep: z.boolean(),
      /** The participant's own pauses as the client says they are. */
      sources: z.array(sourceState),
    }),
    z.object({
      transports: transports.exactOptional(),
      /** Why there are none in time, in words. Whoever stays is told of them later. */
      pending: z.string().exactOptional(),
      media_kept: z.boolean().exactOptional(),
      /** The sources whose next producer is born paused: by the meeting's setting, or silenced before the client came back. */
      start_muted: z.array(mediaSource).exactOptional(),
      assignments: z.array(assignment),
      consumers: z.array(consumer),
    }),
  ),
  /** Answered once the receivers of the participant's producers were told that these are gone. */
  detach: ask(z.object(participant), z.void()),
  /** A participant is in the meeting, with or without media of their own. */
  present: tell(z.object(participant)),
  /** A participant's connection is lost for so long that nothing of them is forwarded, or is there again. */
  setAway: tell(z.object({ ...participant, away: z.boolean() })),
  setLayout: ask(z.object({ ...participant, layout }), z.array(assignment), ["not_found"]),
  connect: ask(z.object({ ...participant, transportId: z.string(), dtlsParameters }), z.void(), refusals),
  produce: ask(
    z.object({
      ...participant,
      ...person,
      transportId: z.string(),
      kind: mediaKind,
      source: mediaSource,
      rtpParameters,
      paused: z.boolean(),
    }),
    z.object({ producer_id: z.string() }),
    [...refusals, "forbidden", "too_often"],
  ),
  setPaused: ask(
    z.object({ ...participant, ...person, producerId: z.string(), paused: z.boolean() }),
    z.void(),
    ["not_found", "forbidden", "too_often"],
  ),
  closeProducer: ask(z.object({ ...participant, producerId: z.string() }), z.void(), ["not_found"]),
  ready: ask(z.object({ ...participant, consumerIds: z.array(z.string()) }), z.void()),
  restartIce: ask(
    z.object({ ...participant, transportId: z.string() }),
    z.object({ ice_parameters: iceParameters }),
    refusals,
  ),
  /** A participant's rights have changed. They hold for producers that come later, too. */
  rights: tell(rightsChange),
  /** What has arrived at a client. Answers whether its receiving transport is to restart ICE. */
  noteReceived: ask(
    z.object({ ...participant, received: z.array(packetCount) }),
    z.object({ restart_ice: z.boolean().exactOptional() }),
  ),
  /** The meeting goes on at a higher generation, which whoever carries its media has to know. */
  renew: tell(z.object({ generation: z.int() })),
  /** The meeting is over. */
  end: ask(z.void(), z.void()),
});
