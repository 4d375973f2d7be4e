import type { Consumer } from "mediasoup/types";
import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  fail,
  Failure,
  local,
  nothing,
} from "../../shared/actor/mod.ts";
import { type Body, type MessageContext, protocol, type Reply, tell } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { type Forwarded, RoutingTable } from "../../shared/protocol/media_link.ts";
import { iceParameters, rtpCapabilities, rtpParameters } from "../../shared/protocol/rtp.ts";
import { wireForm } from "./wire_form.ts";
import type { Inventory } from "./inventory.ts";
import * as media from "./meeting_media.ts";
import type { MeetingMedia, ParticipantMedia } from "./meeting_media.ts";
import type { MeetingEvent, RoutingTableProtocol } from "./routing_messages.ts";
import type { RouterPlace, SfuWorker } from "../workers/sfu_worker.ts";
import { describeTransport, openTransportPair, type TransportPair } from "./transport_pair.ts";
import { type SpeakerWatch, watchSpeakers } from "../telemetry/watch_speakers.ts";

export const MeetingRouter = protocol({
  ...RoutingTable,
  /** mediasoup says that a transport's DTLS failed, or was closed by the client. */
  transportEnded: tell(z.object({ participant_id: z.string(), transport_id: z.string() })),
  /** mediasoup says who is the loudest now. */
  spoke: tell(z.object({ producer_id: z.string().nullable() })),
  inventory: ask(nothing, local<Inventory>()),
});

/** What one participant may have at most, and how long replaced transports live. */
export interface MeetingRouterLimits {
  readonly maxProducers: number;
  readonly maxConsumers: number;
  readonly previousTransportsMs: number;
}

export interface MeetingRouterInit extends MeetingRouterLimits {
  readonly meetingId: string;
  readonly worker: ActorRef<typeof SfuWorker>;
  readonly table: ActorRef<RoutingTableProtocol>;
}

type In<N extends keyof typeof RoutingTable> = Body<typeof RoutingTable, N>;
type Out<N extends keyof typeof RoutingTable> = Promise<Reply<typeof RoutingTable, N>>;
type Refused = Failure<"not_found" | "rejected" | "unavailable">;

/**
 * Owns one meeting's router and everything in it: transports, producers, consumers. The routing table has checked the
 * generation of whatever arrives here. Lives as long as the router; a meeting that goes on elsewhere gets a new one.
 */
export class MeetingRouterActor {
  static readonly protocol = MeetingRouter;
  readonly #init: MeetingRouterInit;
  readonly #context: ActorContext<typeof MeetingRouter>;
  readonly #media: MeetingMedia = { participants: new Map(), producers: new Map() };
  readonly #log = logger("meeting_router");
  #place: RouterPlace | undefined;
  #speakers: SpeakerWatch | undefined;
  #speaker: string | null = null;

  constructor(init: MeetingRouterInit, context: ActorContext<typeof MeetingRouter>) {
    this.#init = init;
    this.#context = context;
  }

  async open(_: In<"open">, message: MessageContext): Out<"open"> {
    const place = await this.#placed(message);
    if (place instanceof Failure) return place;
    return {
      rtp_capabilities: wireForm(rtpCapabilities, place.router.rtpCapabilities),
      participants: [...this.#media.participants].map(([participant_id, participant]) => ({
        participant_id,
        transports: [participant.current.send.id, participant.current.recv.id],
        producers: [...participant.current.producers.keys()],
        consumers: [...participant.current.consumers.values()].map(({ id, producerId, paused }) => ({
          consumer_id: id,
          producer_id: producerId,
          paused,
        })),
      })),
    };
  }

  /** Stops this actor; its end closes the router and all that is in it. */
  close(): void {
    this.#context.stop();
  }

  async attach({ participant_id, rtp_capabilities, producer_ids }: In<"attach">, message: MessageContext) {
    const place = await this.#placed(message);
    if (place instanceof Failure) return place;
    const pair = await this.#attempt(() => openTransportPair(place));
    if (pair instanceof Failure) return pair;
    const before = this.#media.participants.get(participant_id);
    if (before !== undefined) media.dropPrevious(this.#media, before);
    const participant: ParticipantMedia = {
      capabilities: rtp_capabilities,
      current: pair,
      previous: before?.current,
      cancelPrevious: before === undefined ? () => {} : this.#dropPreviousLater(participant_id),
    };
    this.#media.participants.set(participant_id, participant);
    this.#watch(participant_id, pair);
    const consumers = await this.#consumeAll(participant, producer_ids);
    if (place.router.closed) return this.#gone();
    this.#count();
    return { send: describeTransport(pair.send), recv: describeTransport(pair.recv), consumers };
  }

  detach({ participant_id }: In<"detach">): Refused | void {
    const participant = this.#media.participants.get(participant_id);
    if (participant === undefined) return notHere("participant");
    media.dropPrevious(this.#media, participant);
    media.dropPair(this.#media, participant.current);
    this.#media.participants.delete(participant_id);
    this.#count();
  }

  async connect({ participant_id, transport_id, dtls_parameters }: In<"connect">): Out<"connect"> {
    const participant = this.#media.participants.get(participant_id);
    const found = participant && media.findTransport(participant, transport_id);
    if (participant === undefined || found === undefined) return notHere("transport");
    const { pair, transport } = found;
    const refused = await this.#attempt(() => transport.connect({ dtlsParameters: dtls_parameters }));
    if (refused instanceof Failure) return refused;
    if (pair === participant.current && participant.previous !== undefined) {
      media.dropPrevious(this.#media, participant);
      this.#count();
    }
  }

  async restartIce({ participant_id, transport_id }: In<"restartIce">): Out<"restartIce"> {
    const participant = this.#media.participants.get(participant_id);
    const found = participant && media.findTransport(participant, transport_id);
    if (found === undefined) return notHere("transport");
    const parameters = await this.#attempt(() => found.transport.restartIce());
    if (parameters instanceof Failure) return parameters;
    return { ice_parameters: wireForm(iceParameters, parameters) };
  }

  async produce(request: In<"produce">): Out<"produce"> {
    const { participant_id, transport_id, kind, source, rtp_parameters, paused } = request;
    const participant = this.#media.participants.get(participant_id);
    const found = participant && media.findTransport(participant, transport_id);
    if (found === undefined || found.transport !== found.pair.send) return notHere("sending transport");
    const { pair } = found;
    if (kind !== kindOf(source)) return fail("rejected", `A ${source} sends no ${kind}`);
    if (pair.producers.size >= this.#init.maxProducers) {
      return fail("rejected", `A participant has at most ${this.#init.maxProducers} producers`);
    }
    const producer = await this.#attempt(() =>
      pair.send.produce({ kind, rtpParameters: rtp_parameters, paused })
    );
    if (producer instanceof Failure) return producer;
    pair.producers.set(producer.id, producer);
    this.#media.producers.set(producer.id, { producer, participantId: participant_id, source });
    if (source === "microphone") this.#speakers?.add(producer);
    this.#count();
    return { producer_id: producer.id };
  }

  async setProducerPaused({ participant_id, producer_id, paused }: In<"setProducerPaused">) {
    const producer = this.#producerOf(participant_id, producer_id)?.producer;
    if (producer === undefined) return notHere("producer");
    return await this.#attempt(() => paused ? producer.pause() : producer.resume());
  }

  closeProducer({ participant_id, producer_id }: In<"closeProducer">): Refused | void {
    const found = this.#producerOf(participant_id, producer_id);
    if (found === undefined) return notHere("producer");
    media.dropProducer(this.#media, found.pair, found.producer);
    this.#count();
  }

  async consume({ participant_id, producer_ids }: In<"consume">): Out<"consume"> {
    const participant = this.#media.participants.get(participant_id);
    if (participant === undefined) return notHere("participant");
    const consumers = await this.#consumeAll(participant, producer_ids);
    if (this.#place?.router.closed) return this.#gone();
    this.#count();
    return { consumers };
  }

  async setConsumersPaused({ participant_id, consumer_ids, paused }: In<"setConsumersPaused">) {
    const participant = this.#media.participants.get(participant_id);
    if (participant === undefined) return notHere("participant");
    const consumers = media.findConsumers(participant, consumer_ids);
    // One that was closed meanwhile counts as unknown.
    await Promise.allSettled(consumers.map((consumer) => paused ? consumer.pause() : consumer.resume()));
    if (this.#place?.router.closed) return this.#gone();
  }

  closeConsumers({ participant_id, consumer_ids }: In<"closeConsumers">): Refused | void {
    const participant = this.#media.participants.get(participant_id);
    if (participant === undefined) return notHere("participant");
    for (const consumer of media.findConsumers(participant, consumer_ids)) {
      media.dropConsumer(participant, consumer);
    }
    this.#count();
  }

  transportEnded({ participant_id, transport_id }: { participant_id: string; transport_id: string }): void {
    const participant = this.#media.participants.get(participant_id);
    const found = participant && media.findTransport(participant, transport_id);
    if (participant === undefined || found === undefined) return;
    media.dropTransport(this.#media, found.pair, found.transport);
    this.#count();
    if (found.pair === participant.current) {
      this.#report({ type: "transportLost", participant_id, transport_id });
    }
  }

  spoke({ producer_id }: { producer_id: string | null }): void {
    const speaker = producer_id === null
      ? null
      : this.#media.producers.get(producer_id)?.participantId ?? null;
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#report({ type: "activeSpeaker", participant_id: speaker });
  }

  inventory(): Inventory {
    return media.inventoryOf(this.#media);
  }

  /** The router, created at the first need. */
  async #placed(message: MessageContext): Promise<RouterPlace | Failure<"unavailable">> {
    if (this.#place !== undefined) return this.#place.router.closed ? this.#gone() : this.#place;
    const { meetingId, worker } = this.#init;
    const outcome = await message.ask(worker, "createRouter", { meeting_id: meetingId });
    if (!outcome.ok) return fail("unavailable", outcome.error.message);
    const { router } = outcome.value;
    this.#place = outcome.value;
    this.#context.cleanup(() => router.close());
    const tellSpeaker = (producer_id: string | null) =>
      void this.#context.self.tell("spoke", { producer_id });
    const watching = watchSpeakers(router, tellSpeaker).catch(() => undefined);
    this.#context.pipe(watching, (speakers) => {
      this.#speakers = speakers;
      for (const { producer, source } of this.#media.producers.values()) {
        if (source === "microphone") speakers?.add(producer);
      }
    });
    return this.#place;
  }

  async #consumeAll(participant: ParticipantMedia, producerIds: readonly string[]): Promise<Forwarded[]> {
    const { consumers } = participant.current;
    const room = this.#init.maxConsumers - consumers.size;
    const known = [...new Set(producerIds)].filter((id) => this.#media.producers.has(id));
    const there = known.filter((id) => consumers.has(id));
    const fresh = known.filter((id) => !consumers.has(id)).slice(0, Math.max(0, room));
    await Promise.all(fresh.map((id) => this.#consume(participant, id)));
    return [...there, ...fresh].flatMap((id) => {
      const consumer = consumers.get(id);
      return consumer === undefined ? [] : [describeConsumer(consumer)];
    });
  }

  async #consume({ capabilities, current }: ParticipantMedia, producerId: string): Promise<void> {
    try {
      const options = { producerId, rtpCapabilities: capabilities, paused: true };
      current.consumers.set(producerId, await current.recv.consume(options));
    } catch (error) {
      this.#log.debug("a producer can't be consumed", { producer_id: producerId, error });
    }
  }

  /** Turns what mediasoup reports of the pair's transports into messages. */
  #watch(participant_id: string, pair: TransportPair): void {
    for (const transport of [pair.send, pair.recv]) {
      transport.on("dtlsstatechange", (state) => {
        if (state !== "failed" && state !== "closed") return;
        this.#context.self.tell("transportEnded", { participant_id, transport_id: transport.id });
      });
    }
  }

  #dropPreviousLater(participantId: string): () => void {
    return this.#context.after(this.#init.previousTransportsMs, () => {
      const participant = this.#media.participants.get(participantId);
      if (participant === undefined) return;
      media.dropPrevious(this.#media, participant);
      this.#count();
    });
  }

  #producerOf(participantId: string, producerId: string) {
    const participant = this.#media.participants.get(participantId);
    return participant && media.findProducer(participant, producerId);
  }

  /** What mediasoup refuses is an answer; what fails because the worker is gone is another one. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | Failure<"rejected" | "unavailable">> {
    try {
      return await work();
    } catch (error) {
      if (this.#place?.router.closed) return this.#gone();
      const reason = error instanceof Error ? error.message : String(error);
      return fail("rejected", `mediasoup refuses: ${reason.slice(0, 160)}`);
    }
  }

  #gone(): Failure<"unavailable"> {
    return fail("unavailable", "The SFU worker that had this meeting is gone");
  }

  #count(): void {
    const { table, meetingId: meeting_id } = this.#init;
    table.tell("counted", { meeting_id, router: this.#context.self.id, load: media.loadOf(this.#media) });
  }

  #report(event: MeetingEvent): void {
    const { table, meetingId: meeting_id } = this.#init;
    table.tell("report", { meeting_id, router: this.#context.self.id, event });
  }
}

function kindOf(source: In<"produce">["source"]): "audio" | "video" {
  return source === "microphone" || source === "screen_audio" ? "audio" : "video";
}

function notHere(what: string): Failure<"not_found"> {
  return fail("not_found", `There is no such ${what} here`);
}

function describeConsumer(consumer: Consumer): Forwarded {
  return {
    consumer_id: consumer.id,
    producer_id: consumer.producerId,
    kind: consumer.kind,
    rtp_parameters: wireForm(rtpParameters, consumer.rtpParameters),
    producer_paused: consumer.producerPaused,
  };
}
