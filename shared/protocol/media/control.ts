import * as z from "zod";
import { ask, protocol, tell } from "../../actor/mod.ts";
import { count, id } from "../text.ts";
import { packetCount } from "../signaling/entities.ts";
import { mediaInventory } from "./inventory.ts";
import { mediaStep, stepOutcome } from "./steps.ts";

/** A meeting and the generation of its lease. MH refuses a lower generation than it has seen. */
const fence = { meeting_id: id, generation: z.int() };

const refusals = [
  /** A newer controller has the meeting. */
  "stale_generation",
  /** The meeting was not opened on this link. */
  "not_found",
  /** No SFU worker is running, or the handler takes no more. */
  "unavailable",
] as const;

/** The most steps of one batch. */
export const MAX_STEPS = 10_000;

/** The most consumers in one report of layers. */
export const MAX_LAYERS = 1_000;

/** The most microphones in one report of levels. */
export const MAX_LEVELS = 32;

/** MH's side of a link, for the meetings that the link's controller runs. */
export const MediaControl = protocol({
  /**
   * Opens a meeting, or adopts its existing routers. From the answer on only this link speaks for the meeting and gets its
   * reports. A meeting that was orphaned is kept from now on. The answer has at least one router.
   */
  open: ask(z.object(fence), mediaInventory, refusals),
  /** Closes everything of the meeting. Its generation is remembered. */
  close: ask(z.object(fence), z.void(), refusals),
  /**
   * Takes steps in order and answers each in the same order; equal steps that follow one another run together.
   * `batch` is the number of a computed batch, rising within a generation; null for a client's own request.
   */
  apply: ask(
    z.object({ ...fence, batch: count.nullable(), steps: z.array(mediaStep).max(MAX_STEPS) }),
    z.object({ outcomes: z.array(stepOutcome) }),
    refusals,
  ),
  inventory: ask(z.object(fence), mediaInventory, refusals),
  /** How many RTP packets were sent to each of these consumers since its start. One that is gone is left out. */
  sent: ask(
    z.object({ ...fence, consumer_ids: z.array(id).max(MAX_STEPS) }),
    z.object({ sent: z.array(packetCount) }),
    refusals,
  ),
});

/** An event in a meeting that no step has caused. */
const mediaReport = z.discriminatedUnion("report", [
  /** Everything in the router is gone: its SFU worker died, or the router failed. */
  z.object({ report: z.literal("router.lost"), router_id: id, reason: z.string().max(200) }),
  /** The router's handler is about to end: its participants have to be moved to another one, while it still forwards. */
  z.object({ report: z.literal("router.draining"), router_id: id }),
  /** A transport's DTLS ended or its ICE consent was lost; what was on it is gone. */
  z.object({
    report: z.literal("transport.ended"),
    router_id: id,
    participant_id: id,
    transport_id: id,
    reason: z.enum(["dtls_failed", "dtls_closed", "ice_lost"]),
  }),
  /** The path of a transport, as ICE sees it (RFC 8445). */
  z.object({
    report: z.literal("transport.path"),
    router_id: id,
    participant_id: id,
    transport_id: id,
    ice: z.enum(["new", "connected", "completed", "disconnected"]),
  }),
  /** The first packets have come of a producer that was opened with `announces_packets`. */
  z.object({ report: z.literal("producer.flowing"), router_id: id, producer_id: id }),
  /** A producer ended without a step that closes it. */
  z.object({ report: z.literal("producer.ended"), router_id: id, producer_id: id }),
  /** The spatial layers that these consumers are sent now; null where bandwidth suffices for none. */
  z.object({
    report: z.literal("layers"),
    router_id: id,
    consumers: z.array(z.object({ participant_id: id, producer_id: id, spatial_layer: count.nullable() }))
      .max(MAX_LAYERS),
  }),
  /** The loudest microphones of the router, at most about once a second; an empty list for silence. */
  z.object({
    report: z.literal("levels"),
    router_id: id,
    /** In dBov: -127 is silence, 0 the loudest. */
    levels: z.array(z.object({ participant_id: id, dbov: z.int().min(-127).max(0) })).max(MAX_LEVELS),
  }),
  /** What a participant receives and sends has become better or worse. docs/quality.md has the formula. */
  z.object({
    report: z.literal("quality"),
    router_id: id,
    participant_id: id,
    level: z.enum(["good", "fair", "poor"]),
  }),
  /** A participant sends more than their share. `closed`: their producers are closed now. */
  z.object({
    report: z.literal("excess"),
    router_id: id,
    participant_id: id,
    bitrate_bps: count,
    allowed_bps: count,
    closed: z.boolean(),
  }),
  /** The loudest speaker in the router has changed; null for silence. */
  z.object({ report: z.literal("speaker"), router_id: id, participant_id: id.nullable() }),
]);

export type MediaReport = z.infer<typeof mediaReport>;

/** MC's side of a link. Reports of one meeting come in the order of the events. */
export const MediaReports = protocol({
  report: tell(z.object({ meeting_id: id, reports: z.array(mediaReport).min(1) })),
});
