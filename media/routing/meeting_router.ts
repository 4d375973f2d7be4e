import { type ActorContext, type Body, fail, type Failure } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { StepOutcome } from "../../shared/protocol/media/steps.ts";
import { type Count, countFor } from "../telemetry/count_for.ts";
import type { Excess } from "../telemetry/bandwidth.ts";
import type { LiveObjects } from "../telemetry/live_objects.ts";
import type { QualityLevel } from "../telemetry/quality.ts";
import { type SpeakerWatch, watchSpeakers } from "../telemetry/watch_speakers.ts";
import { isUncertain } from "../congestion/congestion.ts";
import { mediaCodecs } from "./codecs.ts";
import { type LostPaths, trackLostPaths } from "./lost_paths.ts";
import { gatherLayers, type LayerReports } from "./layer_reports.ts";
import { inventoryOf, liveObjectsOf, loadOf } from "./media_views.ts";
import { MeetingRouter, type MeetingRouterInit } from "./meeting_router_messages.ts";
import { relievePaths, type SampledPair, samplePaths } from "./relieve_paths.ts";
import * as media from "./router_media.ts";
import { settleEvent } from "./settle_event.ts";
import { routerGone, type StepSite } from "./steps/step_site.ts";
import { takeSteps } from "./steps/take_steps.ts";
import { endReplaced } from "./steps/end_replaced.ts";
import { reportEnded } from "./steps/report_ended.ts";
import { noteSent, type Published, type TransportPair } from "./transport_pair.ts";
import { watchFirstPackets } from "./watch_first_packets.ts";
import { watchLayers } from "./watch_layers.ts";
import { watchTransport } from "./watch_transport.ts";

type In<N extends keyof typeof MeetingRouter> = Body<typeof MeetingRouter, N>;

/** A path that became thin loses sound, too, until it is noticed. */
const samplePeriodMs = 200;
/** For a path that may be becoming thin. */
const hastyPeriodMs = 50;

/**
 * Owns one mediasoup router of a meeting with its transports, producers and consumers. The routing table has checked
 * the generation of every message. The actor lives as long as its router: a meeting that loses it gets another.
 */
export class MeetingRouterActor {
  static readonly protocol = MeetingRouter;
  readonly #init: MeetingRouterInit;
  readonly #context: ActorContext<typeof MeetingRouter>;
  readonly #media = media.emptyMedia();
  readonly #log = logger("meeting_router");
  readonly #lostPaths: LostPaths;
  readonly #layers: LayerReports;
  readonly #countConsumeFailures: Count;
  readonly #countDroppedReports: Count;
  #site: StepSite | undefined;
  #isSampling = false;
  /** Drops the next look at paths that may be becoming thin. */
  #cancelHasty = () => {};
  #speakers: SpeakerWatch | undefined;
  /** The active speaker that was reported last; undefined before the first one. */
  #speaker: string | null | undefined;
  /** The quality that was reported last, by participant. */
  readonly #qualities = new Map<string, QualityLevel>();
  /** Whether levels were reported the last time that there were any. */
  #reportsLevels = false;
  #counted = JSON.stringify(loadOf(this.#media));

  constructor(init: MeetingRouterInit, context: ActorContext<typeof MeetingRouter>) {
    this.#init = init;
    this.#context = context;
    this.#lostPaths = trackLostPaths(context, init.iceLostMs);
    this.#layers = gatherLayers(
      context,
      this.#media,
      (consumers) => void this.#report({ report: "layers", router_id: init.routerId, consumers }),
    );
    this.#countConsumeFailures = countFor(init.telemetry, "consumeFailures");
    this.#countDroppedReports = countFor(init.telemetry, "reportsDropped");
  }

  async onStart(): Promise<void> {
    const { meetingId: meeting_id, worker } = this.#init;
    const created = await this.#context.ask(worker, "createRouter", { meeting_id, mediaCodecs });
    if (!created.ok) {
      this.#log.warn("could not get a router for a meeting", { meeting_id, reason: created.error.message });
      return this.#context.stop();
    }
    const place = created.value;
    this.#context.cleanup(() => place.router.close());
    this.#site = this.#createSite(place);
    this.#context.every(samplePeriodMs, () => this.#samplePaths());
    const { self } = this.#context;
    const watching = watchSpeakers(
      place.router,
      (producer_id) => void settleEvent("spoke", self.offer("spoke", { producer_id })),
      (levels) => void settleEvent("sounded", self.offer("sounded", { levels })),
    ).catch(() => undefined);
    this.#context.pipe(watching, (speakers) => {
      this.#speakers = speakers;
      for (const published of this.#media.producers.values()) this.#listen(published);
    });
  }

  ready(): void | Failure<"unavailable"> {
    if (this.#isGone()) return fail("unavailable", routerGone().message);
  }

  async apply({ steps, room, isFull }: In<"apply">): Promise<readonly StepOutcome[]> {
    const site = this.#site;
    if (site === undefined) return steps.map(routerGone);
    site.room = room;
    site.isFull = isFull;
    const outcomes = await takeSteps(site, steps);
    this.#count();
    return outcomes;
  }

  inventory(): MediaInventory["routers"][number] | Failure<"unavailable"> {
    if (this.#isGone()) return fail("unavailable", routerGone().message);
    return { router_id: this.#init.routerId, ...inventoryOf(this.#media) };
  }

  liveObjects(): LiveObjects {
    const { meetingId, routerId } = this.#init;
    return liveObjectsOf(this.#media, { meetingId, routerId });
  }

  /** Reports once more what is reported only when it changes. */
  opened(): void {
    const { routerId: router_id } = this.#init;
    const participant_id = this.#speaker;
    if (participant_id !== undefined) void this.#report({ report: "speaker", router_id, participant_id });
    for (const [participant_id, level] of this.#qualities) {
      void this.#report({ report: "quality", router_id, participant_id, level });
    }
    this.#layers.repeat();
  }

  observed({ sent, received, changed, excesses }: In<"observed">): void {
    for (const [producerId, bitrates] of received) {
      const published = this.#media.producers.get(producerId);
      if (published !== undefined) published.bitrates = bitrates;
    }
    for (const { current } of this.#media.participants.values()) {
      for (const one of current.consumers.values()) noteSent(one, sent.get(one.consumer.id));
    }
    const { routerId: router_id } = this.#init;
    for (const participantId of this.#qualities.keys()) {
      if (!this.#media.participants.has(participantId)) this.#qualities.delete(participantId);
    }
    for (const { participant_id, level } of changed) {
      if (!this.#media.participants.has(participant_id)) continue;
      this.#qualities.set(participant_id, level);
      void this.#report({ report: "quality", router_id, participant_id, level });
    }
    for (const excess of excesses) this.#curb(excess);
  }

  dtlsEnded({ participant_id, transport_id, reason }: In<"dtlsEnded">): void {
    this.#endTransport(participant_id, transport_id, reason);
  }

  flowing({ participant_id, producer_id }: In<"flowing">): void {
    const published = producer_id === null ? undefined : this.#media.producers.get(producer_id);
    if (published !== undefined) published.hasPackets = true;
    if (published?.announcesPackets && producer_id !== null) {
      void this.#report({ report: "producer.flowing", router_id: this.#init.routerId, producer_id });
    }
    if (this.#site !== undefined) endReplaced(this.#site, participant_id);
    this.#count();
  }

  iceChanged({ participant_id, transport_id, ice }: In<"iceChanged">): void {
    const found = media.findTransport(this.#media, participant_id, transport_id);
    if (found === undefined) return;
    this.#lostPaths.forget(transport_id);
    if (ice === "disconnected") {
      this.#lostPaths.lose(transport_id, () => this.#endTransport(participant_id, transport_id, "ice_lost"));
    }
    if (found.pair !== this.#media.participants.get(participant_id)?.current) return;
    void this.#report({
      report: "transport.path",
      router_id: this.#init.routerId,
      participant_id,
      transport_id,
      ice,
    });
  }

  spoke({ producer_id }: In<"spoke">): void {
    const speaker = producer_id === null
      ? null
      : this.#media.producers.get(producer_id)?.participantId ?? null;
    if (speaker === (this.#speaker ?? null)) return;
    this.#speaker = speaker;
    void this.#report({ report: "speaker", router_id: this.#init.routerId, participant_id: speaker });
  }

  layerChanged(layer: In<"layerChanged">): void {
    this.#layers.note(layer);
  }

  /**
   * Among two, nobody is chosen by levels. Behind a pipe there may be more. The last report before a pause of them is empty,
   * so that the controller takes nobody for loud meanwhile.
   */
  sounded({ levels }: In<"sounded">): void {
    const { load, pipes } = this.#media;
    const isWanted = load.producers.audio >= 3 || pipes.size > 0;
    if (!isWanted && !this.#reportsLevels) return;
    this.#reportsLevels = isWanted;
    const loudest = new Map<string, number>();
    for (const { producerId, dbov } of isWanted ? levels : []) {
      const participantId = this.#media.producers.get(producerId)?.participantId;
      if (participantId === undefined) continue;
      loudest.set(participantId, Math.max(Math.round(dbov), loudest.get(participantId) ?? -127));
    }
    void this.#report({
      report: "levels",
      router_id: this.#init.routerId,
      levels: [...loudest].map(([participant_id, dbov]) => ({ participant_id, dbov })),
    });
  }

  /** Tells of a participant who sends more than their share, and closes what they send if they were told before. */
  #curb(excess: Excess): void {
    const participant = this.#media.participants.get(excess.participant_id);
    if (participant === undefined || this.#site === undefined) return;
    const { routerId: router_id, meetingId: meeting_id } = this.#init;
    this.#log.warn("a participant sends more than their share", { meeting_id, ...excess });
    void this.#report({ report: "excess", router_id, ...excess });
    if (!excess.closed) return;
    const sent = media.pairsOf(participant).flatMap(({ producers }) => [...producers.values()]);
    for (const published of sent) media.dropProducer(this.#media, published);
    reportEnded(this.#site, sent.map(({ producer }) => producer.id));
    this.#count();
  }

  /** A worker that answers slowly is not asked again meanwhile. */
  #samplePaths(isDue?: (pair: TransportPair) => boolean): void {
    if (this.#isSampling || this.#isGone()) return;
    this.#isSampling = true;
    void this.#context.pipe(samplePaths(this.#media, isDue), (sampled) => this.#relievePaths(sampled));
  }

  async #relievePaths(sampled: readonly SampledPair[]): Promise<void> {
    this.#isSampling = false;
    const { meetingId: meeting_id } = this.#init;
    const now = this.#context.clock.now();
    for (const { epoch, recv, congestion } of await relievePaths(sampled, now, this.#layers)) {
      this.#log.debug("a path changed", { meeting_id, transport_id: recv.id, epoch, ...congestion });
    }
    this.#cancelHasty();
    const isHasty = ({ congestion }: TransportPair) => isUncertain(congestion);
    if (!sampled.some(({ pair }) => isHasty(pair))) return;
    this.#cancelHasty = this.#context.after(hastyPeriodMs, () => this.#samplePaths(isHasty));
  }

  #isGone(): boolean {
    return this.#site === undefined || this.#site.place.router.closed;
  }

  #createSite(place: StepSite["place"]): StepSite {
    const { maxProducers, maxConsumers, maxRouterTransports, pipeAddress, routerId } = this.#init;
    return {
      place,
      pipeAddress,
      media: this.#media,
      maxProducers,
      maxConsumers,
      maxTransports: maxRouterTransports,
      routerId,
      room: 0,
      isFull: false,
      watch: (participantId, { send, recv }) => {
        for (const transport of [send, recv]) {
          watchTransport(this.#context.self, participantId, transport);
          transport.observer.on("close", () => this.#lostPaths.forget(transport.id));
        }
      },
      dropLater: (participantId, pair) => this.#dropLater(participantId, pair),
      listen: (published) => this.#listen(published),
      awaitPackets: (published) => watchFirstPackets(this.#context.self, published),
      watchLayers: (participantId, { consumer }) => watchLayers(this.#context.self, participantId, consumer),
      report: (report) => void this.#report(report),
      consumeFailed: (producer_id, reason) => {
        this.#countConsumeFailures(1);
        this.#log.info("could not open a consumer", { producer_id, reason });
      },
    };
  }

  #listen({ source, producer }: Published): void {
    if (source === "microphone") this.#speakers?.add(producer);
  }

  #endTransport(
    participant_id: string,
    transport_id: string,
    reason: "dtls_failed" | "dtls_closed" | "ice_lost",
  ): void {
    const found = media.findTransport(this.#media, participant_id, transport_id);
    if (found === undefined) return;
    const { pair, transport } = found;
    const isCurrent = this.#media.participants.get(participant_id)?.current === pair;
    const ended = isCurrent || transport === pair.recv ? [] : media.producersOn(pair);
    media.dropTransport(this.#media, pair, transport);
    this.#count();
    const router_id = this.#init.routerId;
    if (isCurrent) {
      void this.#report({ report: "transport.ended", router_id, participant_id, transport_id, reason });
    } else if (this.#site !== undefined) reportEnded(this.#site, ended);
  }

  #dropLater(participantId: string, pair: TransportPair): void {
    this.#context.after(this.#init.previousTransportsMs, () => {
      const participant = this.#media.participants.get(participantId);
      if (participant === undefined || this.#site === undefined) return;
      reportEnded(this.#site, media.dropPair(this.#media, pair));
      media.forgetEnded(participant);
      this.#count();
    });
  }

  /** Tells the table the load when it has changed. A load that finds no room is told the next time. */
  #count(): void {
    const { table, meetingId: meeting_id, routerId: router_id } = this.#init;
    const load = loadOf(this.#media);
    const counted = JSON.stringify(load);
    if (counted !== this.#counted && table.tell("counted", { meeting_id, router_id, load }) === "accepted") {
      this.#counted = counted;
    }
    this.#countConsumeFailures(0);
  }

  async #report(report: MediaReport): Promise<void> {
    const { table, meetingId: meeting_id, routerId: router_id } = this.#init;
    const outcome = await table.offer("report", { meeting_id, router_id, reports: [report] });
    this.#countDroppedReports(outcome === "accepted" ? 0 : 1);
  }
}
