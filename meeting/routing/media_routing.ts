import { type ActorContext, type ActorRef, fail, Failure, later, valueOf } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Forwarded } from "../../shared/protocol/media_link.ts";
import {
  type Assignment,
  type Consumer,
  type DtlsParameters,
  type Layout,
  notificationFrame,
  type RtpCapabilities,
  type RtpParameters,
} from "../../shared/protocol/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import { type Producer, toAssignments, toConsumer, toSources } from "./media.ts";
import { dropConsumers, newSubscriber, type Subscriber, wantedBy } from "./subscriber.ts";
import type { Connection } from "../signaling/connection.ts";
import { HandlerClient } from "./handler_client.ts";
import type { LayoutManager } from "../layout/layout_manager.ts";
import { type MediaEvent, MediaRouting } from "./media_routing_protocol.ts";
import type { MeetingController } from "../shard/meeting_controller.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";

export interface MediaRoutingInit {
  readonly lease: Lease;
  readonly layout: ActorRef<typeof LayoutManager>;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly controller: ActorRef<typeof MeetingController>;
}

type Own<T> = T & { readonly participantId: string };
type Changes = readonly { readonly participantId: string; readonly placements: Subscriber["placements"] }[];

const unavailable = () => fail("unavailable", "No media handler can be reached at the moment.");
const retryMs = 500;

/**
 * Owns one meeting's routing: who sends what, who receives it, on which handler. What a subscriber should receive
 * follows from its slots; `#sync` brings the handler there, one step at a time for each subscriber.
 */
export class MediaRoutingActor {
  static readonly protocol = MediaRouting;
  readonly #init: MediaRoutingInit;
  readonly #context: ActorContext<typeof MediaRouting>;
  readonly #handler: HandlerClient;
  readonly #log;
  readonly #producers = new Map<string, Producer>();
  readonly #subscribers = new Map<string, Subscriber>();
  #recovering = false;

  constructor(init: MediaRoutingInit, context: ActorContext<typeof MediaRouting>) {
    this.#init = init;
    this.#context = context;
    this.#handler = new HandlerClient(init, context, (reason) => this.#lost(reason));
    this.#log = logger("media_routing").with({ meeting_id: init.lease.meeting_id });
    // The router is there before the first participant asks for it.
    void this.#handler.open();
  }

  async attach(
    request: Own<
      { rtpCapabilities: RtpCapabilities; layout: Layout; connection: ActorRef<typeof Connection> }
    >,
  ) {
    const { participantId, layout } = request;
    const placements = valueOf(await this.#init.layout.ask("subscribe", { participantId, layout }));
    const stale = this.#producersOf(participantId).map(({ producerId }) => producerId);
    const subscriber = newSubscriber(request, placements, stale);
    this.#subscribers.set(participantId, subscriber);
    return later(this.#context.pipe(this.#attach(subscriber), (attached) => {
      if (attached === null) return unavailable();
      const { consumers } = attached;
      return { transports: attached.transports, consumers, assignments: this.#assignments(subscriber) };
    }));
  }

  async present({ participantId }: { participantId: string }): Promise<void> {
    await this.#show(participantId, null, null);
  }

  async detach({ participantId }: { participantId: string }): Promise<void> {
    this.#subscribers.delete(participantId);
    for (const { producerId } of this.#producersOf(participantId)) this.#producers.delete(producerId);
    this.#apply(valueOf(await this.#init.layout.ask("hide", { participantId })));
    void this.#handler.ask("detach", this.#of(participantId));
  }

  async setLayout({ participantId, layout }: Own<{ layout: Layout }>) {
    const subscriber = this.#subscribers.get(participantId);
    if (subscriber === undefined) return fail("not_found", "There is no media on this connection.");
    subscriber.layout = layout;
    subscriber.placements = valueOf(await this.#init.layout.ask("subscribe", { participantId, layout }));
    this.#sync(subscriber);
    return this.#assignments(subscriber);
  }

  async connect(
    { participantId, transportId, dtlsParameters }: Own<
      { transportId: string; dtlsParameters: DtlsParameters }
    >,
  ) {
    const subscriber = this.#subscribers.get(participantId);
    // The first connect on fresh transports closes the old ones, and what was sent over them.
    const stale = subscriber?.staleProducers.splice(0) ?? [];
    if (stale.length > 0) await this.#forget(participantId, stale);
    const body = { ...this.#of(participantId), transport_id: transportId, dtls_parameters: dtlsParameters };
    return later(this.#handler.ask("connect", body));
  }

  produce(
    request: Own<
      {
        transportId: string;
        kind: Producer["kind"];
        source: Producer["source"];
        rtpParameters: RtpParameters;
      }
    >,
  ) {
    const { participantId, transportId, kind, source, rtpParameters } = request;
    const body = {
      ...this.#of(participantId),
      transport_id: transportId,
      kind,
      source,
      rtp_parameters: rtpParameters,
      paused: false,
    };
    return later(this.#context.pipe(this.#handler.ask("produce", body), async (answer) => {
      if (answer instanceof Failure) return answer;
      const { producer_id } = answer;
      const replaced = this.#producersOf(participantId).filter((one) => one.source === source);
      for (const { producerId } of replaced) {
        this.#producers.delete(producerId);
        void this.#handler.ask("closeProducer", { ...this.#of(participantId), producer_id: producerId });
      }
      this.#producers.set(producer_id, {
        producerId: producer_id,
        participantId,
        kind,
        source,
        paused: false,
      });
      await this.#sourcesChanged(participantId);
      return { producer_id };
    }));
  }

  setPaused({ participantId, producerId, paused }: Own<{ producerId: string; paused: boolean }>) {
    const producer = this.#own(participantId, producerId);
    if (producer === undefined) return fail("not_found", "There is no such producer of yours.");
    const body = { ...this.#of(participantId), producer_id: producerId, paused };
    return later(this.#context.pipe(this.#handler.ask("setProducerPaused", body), async (refusal) => {
      if (refusal instanceof Failure) return refusal;
      producer.paused = paused;
      await this.#sourcesChanged(participantId);
      this.#announcePause(producer);
    }));
  }

  async closeProducer({ participantId, producerId }: Own<{ producerId: string }>) {
    if (this.#own(participantId, producerId) === undefined) {
      return fail("not_found", "There is no such producer of yours.");
    }
    await this.#forget(participantId, [producerId]);
    return later(this.#handler.ask("closeProducer", { ...this.#of(participantId), producer_id: producerId }));
  }

  ready({ participantId, consumerIds }: Own<{ consumerIds: string[] }>) {
    const body = { ...this.#of(participantId), consumer_ids: consumerIds, paused: false };
    return later(this.#handler.ask("setConsumersPaused", body));
  }

  restartIce({ participantId, transportId }: Own<{ transportId: string }>) {
    const body = { ...this.#of(participantId), transport_id: transportId };
    return later(this.#handler.ask("restartIce", body));
  }

  async event(event: MediaEvent): Promise<void> {
    if (event.kind === "lost") this.#lost(event.reason);
    else if (event.kind === "speaker") {
      this.#init.meeting.tell("speaker", { participantId: event.participantId });
      if (event.participantId === null) return;
      this.#apply(valueOf(await this.#init.layout.ask("heard", { participantId: event.participantId })));
    } else {this.#log.debug("a participant's transport ended by itself", {
        participant_id: event.participantId,
      });}
  }

  end() {
    return later(this.#handler.end());
  }

  /** Attaches, and remembers the consumers; `null` when no handler can. */
  #attach(subscriber: Subscriber) {
    subscriber.busy = true;
    const work = this.#handler.ask("attach", {
      ...this.#of(subscriber.participantId),
      rtp_capabilities: subscriber.rtpCapabilities,
      producer_ids: [...wantedBy(subscriber, this.#producers.values())],
    });
    return this.#context.pipe(work, (answer) => {
      subscriber.busy = false;
      if (answer instanceof Failure) {
        this.#log.warn("can't attach a participant", { code: answer.code, reason: answer.message });
        return null;
      }
      subscriber.attached = true;
      subscriber.consumers.clear();
      const consumers = this.#remember(subscriber, answer.consumers);
      if (subscriber.dirty) this.#sync(subscriber);
      return { transports: { send: answer.send, recv: answer.recv }, consumers };
    });
  }

  #remember(subscriber: Subscriber, forwarded: readonly Forwarded[]) {
    return forwarded.flatMap((one) => {
      const producer = this.#producers.get(one.producer_id);
      subscriber.consumers.set(one.producer_id, { consumerId: one.consumer_id, producerId: one.producer_id });
      if (producer === undefined) subscriber.dirty = true;
      return producer === undefined ? [] : [toConsumer(one, producer)];
    });
  }

  /** Brings the handler to what the subscriber wants; what changes meanwhile is seen to afterwards. */
  #sync(subscriber: Subscriber): void {
    subscriber.dirty = true;
    if (subscriber.busy || !subscriber.attached) return;
    subscriber.dirty = false;
    const wanted = wantedBy(subscriber, this.#producers.values());
    const added = [...wanted].filter((producerId) => !subscriber.consumers.has(producerId));
    const removed = dropConsumers(subscriber, (producerId) => !wanted.has(producerId));
    const of = this.#of(subscriber.participantId);
    if (removed.length > 0) void this.#handler.ask("closeConsumers", { ...of, consumer_ids: removed });
    if (added.length === 0) return this.#announce(subscriber, [], removed);
    subscriber.busy = true;
    const work = this.#handler.ask("consume", { ...of, producer_ids: added });
    void this.#context.pipe(work, (answer) => {
      subscriber.busy = false;
      const consumers = answer instanceof Failure ? [] : this.#remember(subscriber, answer.consumers);
      this.#announce(subscriber, consumers, removed);
      if (subscriber.dirty) this.#sync(subscriber);
    });
  }

  #announce(subscriber: Subscriber, added: Consumer[], removed: string[]): void {
    const { connection } = subscriber;
    if (added.length > 0 || removed.length > 0) {
      connection.tell("notify", notificationFrame("media.consumers", { added, removed, changed: [] }));
    }
    connection.tell(
      "notify",
      notificationFrame("layout.assigned", { assignments: this.#assignments(subscriber) }),
    );
  }

  #announcePause({ producerId, paused }: Producer): void {
    for (const { consumers, connection } of this.#subscribers.values()) {
      const consumerId = consumers.get(producerId)?.consumerId;
      if (consumerId === undefined) continue;
      const changed = [{ consumer_id: consumerId, paused }];
      connection.tell("notify", notificationFrame("media.consumers", { added: [], removed: [], changed }));
    }
  }

  /** A participant's producers are gone: the others' pictures and sound follow. */
  async #forget(participantId: string, producerIds: readonly string[]): Promise<void> {
    for (const producerId of producerIds) this.#producers.delete(producerId);
    await this.#sourcesChanged(participantId);
  }

  async #sourcesChanged(participantId: string): Promise<void> {
    const sources = toSources(participantId, this.#producers.values());
    this.#init.meeting.tell("sources", { participantId, sources });
    const of = (source: string) => sources.find((one) => one.source === source)?.producer_id ?? null;
    await this.#show(participantId, of("camera"), of("screen"));
    // Sound needs no slot.
    for (const subscriber of this.#subscribers.values()) {
      if (subscriber.participantId !== participantId && this.#soundDiffers(subscriber)) {
        this.#sync(subscriber);
      }
    }
  }

  async #show(
    participantId: string,
    cameraProducerId: string | null,
    screenProducerId: string | null,
  ): Promise<void> {
    const person = { participantId, cameraProducerId, screenProducerId };
    this.#apply(valueOf(await this.#init.layout.ask("show", person)));
  }

  #soundDiffers(subscriber: Subscriber): boolean {
    const wanted = wantedBy(subscriber, this.#producers.values());
    return wanted.size !== subscriber.consumers.size ||
      [...wanted].some((one) => !subscriber.consumers.has(one));
  }

  #apply(changes: Changes): void {
    for (const { participantId, placements } of changes) {
      const subscriber = this.#subscribers.get(participantId);
      if (subscriber === undefined) continue;
      subscriber.placements = placements;
      this.#sync(subscriber);
    }
  }

  /** Everything on the handler is gone: everybody gets fresh transports, there or on the backup. */
  #lost(reason: string): void {
    this.#handler.reset();
    for (const subscriber of this.#subscribers.values()) {
      subscriber.attached = false;
      subscriber.consumers.clear();
      subscriber.staleProducers = [];
    }
    const senders = new Set([...this.#producers.values()].map(({ participantId }) => participantId));
    this.#producers.clear();
    for (const participantId of senders) this.#init.meeting.tell("sources", { participantId, sources: [] });
    this.#log.warn("media lost, attaching everybody anew", { reason });
    if (this.#recovering) return;
    this.#recovering = true;
    this.#recover(reason);
  }

  #recover(reason: string): void {
    void this.#context.pipe(this.#handler.open(), (opened) => {
      if (!opened) return void this.#context.after(retryMs, () => this.#recover(reason));
      this.#recovering = false;
      for (const subscriber of this.#subscribers.values()) this.#reattach(subscriber, reason);
    });
  }

  /** One who can't be attached is tried again; the others keep what they have. */
  #reattach(subscriber: Subscriber, reason: string): void {
    void this.#context.pipe(this.#attach(subscriber), (attached) => {
      if (attached !== null) {
        subscriber.connection.tell("notify", notificationFrame("media.moved", { reason, ...attached }));
        return;
      }
      this.#context.after(retryMs, () => {
        const current = this.#subscribers.get(subscriber.participantId) === subscriber;
        if (current && !subscriber.attached && !this.#recovering) this.#reattach(subscriber, reason);
      });
    });
  }

  #assignments(subscriber: Subscriber): Assignment[] {
    return toAssignments(subscriber.placements, subscriber.consumers);
  }

  #producersOf(participantId: string): Producer[] {
    return [...this.#producers.values()].filter((producer) => producer.participantId === participantId);
  }

  /** Whom a message to the handler is about, and by which right. */
  #of(participantId: string) {
    const { meeting_id, generation } = this.#init.lease;
    return { meeting_id, generation, participant_id: participantId };
  }

  #own(participantId: string, producerId: string): Producer | undefined {
    const producer = this.#producers.get(producerId);
    return producer?.participantId === participantId ? producer : undefined;
  }
}
