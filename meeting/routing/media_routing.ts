import {
  type ActorContext,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import type { MediaStepName, StepDone, StepOf } from "../../shared/protocol/media/steps.ts";
import {
  type Layout,
  notificationFrame,
  type PacketCount,
  type SourceState,
} from "../../shared/protocol/mod.ts";
import { spatialLayersOf } from "../../shared/protocol/spatial_layers.ts";
import { attachAnswer } from "./attach_answer.ts";
import { ClientNotifier } from "./client_notifier.ts";
import { HandlerLoop } from "./handler_loop.ts";
import type { MediaRoutingInit } from "./media_routing_init.ts";
import { MediaRouting } from "./media_routing_protocol.ts";
import { type Attachment, MeetingMedia } from "./meeting_media.ts";
import { isBornPaused, isDenied, isRefused, type RightsChange } from "./rights.ts";
import { ReceivingWatch } from "./receiving_watch.ts";
import type { Producer } from "./scene.ts";
import { SlotFeed } from "./slot_feed.ts";

type Own<T> = T & { readonly participantId: string };
type Unattached = Failure<"unavailable">;
type Waiting = (attached: Attachment | Unattached) => void;

const unavailable = (message = "No media handler can be reached at the moment.") =>
  fail("unavailable", message);
const notPermitted = () => fail("forbidden", "A host has switched this off.");
/** How long a join or resume waits for media. */
const attachPatienceMs = 2_000;
const retryMs = 500;
/** Longer than a handler keeps replaced transports. */
const outdatedMs = 12_000;
/** How long the slots of participants whose media was lost wait for their new producers. */
const produceAgainMs = 10_000;

/**
 * Owns one meeting's routing: its producers, its subscribers and the handler that forwards between them. A change names
 * the participants that it concerns, the loop brings the handler to what is wanted, and clients are told the result.
 */
export class MediaRoutingActor {
  static readonly protocol = MediaRouting;
  readonly #init: MediaRoutingInit;
  readonly #context: ActorContext<typeof MediaRouting>;
  readonly #log;
  readonly #media: MeetingMedia;
  readonly #slots: SlotFeed;
  /** The active speaker that was told last. */
  #speaker: string | null = null;
  readonly #clients: ClientNotifier;
  readonly #loop: HandlerLoop;
  /** Joins and resumes that wait for their transports, by participant. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #receiving: ReceivingWatch;

  constructor(init: MediaRoutingInit, context: ActorContext<typeof MediaRouting>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("media_routing").with({ meeting_id: init.lease.meeting_id });
    this.#media = new MeetingMedia(init.expected, init.audibleLimit, () => context.clock.now());
    this.#slots = new SlotFeed({ context, layout: init.layout, media: this.#media });
    this.#clients = new ClientNotifier(this.#media, init.meeting);
    this.#receiving = new ReceivingWatch({
      ...init,
      onDead: (participantId) => this.#lost([participantId], "nothing arrives of what is sent", "rebuild"),
    });
    this.#loop = new HandlerLoop({
      ...init,
      context,
      media: this.#media,
      onAttached: (participantId, attachment) => this.#attached(participantId, attachment),
      onUnattached: (participantId, reason) => this.#unattached(participantId, reason),
      onDemands: (demands) => this.#clients.tellDemands(demands),
      onChanged: (participantIds) => this.#clients.tellChanges(participantIds),
      onAdopted: (participantIds) => this.#adopted(participantIds),
      onLost: (participantIds, reason) => this.#lost(participantIds, reason),
    });
  }

  onStart(): void {
    // The handler opens a router now, so that the first participant doesn't wait for it.
    this.#loop.start();
  }

  async attach(request: Body<typeof MediaRouting, "attach">, message: MessageContext) {
    const { participantId, rtpCapabilities, layout, client, keep, sources } = request;
    if (this.#init.lease.handlers.length === 0) return unavailable();
    await this.#setSources(participantId, sources, keep);
    const slots = await this.#slots.subscribe(participantId, layout);
    this.#waiting.get(participantId)?.(unavailable("A newer connection of yours was attached instead."));
    const { promise, resolve } = Promise.withResolvers<Attachment | Unattached>();
    this.#clients.enter(participantId, client);
    const subscriber = { participantId, rtpCapabilities, layout, slots };
    if (keep) this.#media.keep(subscriber);
    else this.#media.attach(subscriber);
    const cancel = this.#context.after(
      Math.min(attachPatienceMs, message.remainingMs),
      () => this.#unattached(participantId, "No media handler answered in time."),
    );
    this.#waiting.set(participantId, (attached) => {
      cancel();
      this.#waiting.delete(participantId);
      resolve(attached);
    });
    this.#loop.wake(message.lineage.trace);
    return later(this.#context.pipe(promise, async (attached) => {
      if (attached instanceof Failure) return attached;
      if (attached.transports !== null) this.#endOutdatedLater(participantId);
      if (keep && attached.transports !== null) await this.#setSources(participantId, sources, false);
      return attachAnswer(attached, keep);
    }));
  }

  async present({ participantId }: { participantId: string }): Promise<void> {
    this.#media.enter(participantId);
    await this.#slots.show(participantId);
    this.#loop.wake();
  }

  setAway({ participantId, away }: Own<{ away: boolean }>): void {
    this.#media.setAway(participantId, away);
    this.#loop.wake();
  }

  async detach({ participantId }: { participantId: string }): Promise<void> {
    this.#waiting.get(participantId)?.(unavailable("You left the meeting."));
    const receivers = this.#media.forgetConsumersOf(this.#media.detach(participantId));
    this.#clients.leave(participantId);
    this.#receiving.forget(participantId);
    this.#clients.tellChanges([...receivers, ...await this.#slots.hide(participantId)]);
    this.#loop.wake();
  }

  async setLayout({ participantId, layout }: Own<{ layout: Layout }>) {
    if (this.#media.subscriber(participantId) === undefined) {
      return fail("not_found", "There is no media on this connection.");
    }
    const slots = await this.#slots.subscribe(participantId, layout);
    this.#media.setLayout(participantId, layout, slots);
    this.#loop.wake();
    return this.#media.answerAssignments(participantId);
  }

  connect(request: Body<typeof MediaRouting, "connect">, message: MessageContext) {
    const { participantId, transportId, dtlsParameters } = request;
    const step = { transport_id: transportId, dtls_parameters: dtlsParameters };
    const done = (outcome: unknown) => outcome instanceof Failure ? outcome : undefined;
    return later(this.#takeStep("transport.connect", participantId, step, message, done));
  }

  produce(request: Body<typeof MediaRouting, "produce">, message: MessageContext) {
    const { participantId, transportId, kind, source, rtpParameters } = request;
    const epoch = this.#media.subscriber(participantId)?.epoch ?? 0;
    const rights = this.#media.rightsOf(participantId);
    if (isRefused(rights, source)) return notPermitted();
    const paused = isBornPaused(rights, source, request.paused);
    const step = { transport_id: transportId, kind, source, rtp_parameters: rtpParameters, paused };
    return later(this.#takeStep("producer.open", participantId, step, message, async (outcome) => {
      if (outcome instanceof Failure) return outcome;
      const { producer_id } = outcome;
      if (this.#media.subscriber(participantId)?.epoch !== epoch) {
        return fail("not_found", "The transport was replaced meanwhile.");
      }
      // One on older transports goes on until this one has packets: the handler reports its end.
      const replaced = this.#media.producersOf(participantId).filter((one) =>
        one.source === source && one.epoch === epoch && one.producerId !== producer_id
      );
      this.#media.removeProducers(replaced.map(({ producerId }) => producerId));
      const layers = kind === "audio" ? 1 : spatialLayersOf(rtpParameters);
      const born = { producerId: producer_id, participantId, kind, source, epoch, layers };
      const isAllowed = this.#media.addProducer(born, { paused, rights });
      await this.#sourcesChanged(participantId);
      return isAllowed ? { producer_id } : notPermitted();
    }));
  }

  async setPaused({ participantId, producerId, paused }: Own<{ producerId: string; paused: boolean }>) {
    const producer = this.#own(participantId, producerId);
    if (producer === undefined) return fail("not_found", "There is no such producer of yours.");
    if (!paused && isDenied(this.#media.rightsOf(participantId), producer.source)) return notPermitted();
    this.#media.setPaused(producer, "self", paused);
    await this.#sourcesChanged(participantId);
  }

  async closeProducer({ participantId, producerId }: Own<{ producerId: string }>) {
    if (this.#own(participantId, producerId) === undefined) {
      return fail("not_found", "There is no such producer of yours.");
    }
    this.#media.removeProducers([producerId]);
    await this.#sourcesChanged(participantId);
  }

  ready({ participantId, consumerIds }: Own<{ consumerIds: string[] }>): void {
    this.#media.setReady(participantId, consumerIds);
    this.#loop.wake();
  }

  restartIce({ participantId, transportId }: Own<{ transportId: string }>, message: MessageContext) {
    const step = { transport_id: transportId };
    return later(
      this.#takeStep(
        "transport.restart_ice",
        participantId,
        step,
        message,
        (outcome) => outcome instanceof Failure ? outcome : { ice_parameters: outcome.ice_parameters },
      ),
    );
  }

  async rights(change: RightsChange): Promise<void> {
    if (this.#media.setRights(change)) await this.#sourcesChanged(change.participantId);
  }

  noteReceived({ participantId, received }: Own<{ received: PacketCount[] }>, message: MessageContext) {
    const flowing = this.#media.flowingTo(participantId);
    if (!this.#receiving.isSuspect(participantId, received, flowing)) return {};
    const sent = this.#loop.sent(flowing, message);
    return later(this.#context.pipe(sent, (sent) => this.#receiving.repair(participantId, sent)));
  }

  async reported({ reports }: { reports: readonly MediaReport[] }): Promise<void> {
    for (const report of reports) await this.#take(report);
    this.#loop.wake();
  }

  end() {
    return later(this.#loop.end());
  }

  async #take(report: MediaReport): Promise<void> {
    switch (report.report) {
      case "router.lost":
        this.#lost(this.#media.loseRouter(report.router_id), report.reason);
        return;
      case "producer.ended": {
        const owner = this.#media.producers.get(report.producer_id)?.participantId;
        if (owner === undefined) return;
        this.#media.removeProducers([report.producer_id]);
        return await this.#sourcesChanged(owner);
      }
      case "speaker":
        this.#media.takeSpeaker(report.router_id, report.participant_id);
        return await this.#speakerChanged();
      case "layers":
        for (const { participant_id, producer_id, spatial_layer } of report.consumers) {
          this.#media.noteLayer(participant_id, producer_id, spatial_layer);
        }
        return this.#clients.tellChanges(report.consumers.map((one) => one.participant_id));
      case "levels":
        this.#media.takeLevels(
          report.router_id,
          new Map(report.levels.map((one) => [one.participant_id, one.dbov])),
        );
        return await this.#speakerChanged();
      case "excess": {
        const { participant_id, bitrate_bps, allowed_bps, closed } = report;
        const frame = notificationFrame("media.excess", { bitrate_bps, allowed_bps, closed });
        return this.#clients.tell(participant_id, [frame]);
      }
      case "quality": {
        const { participant_id: participantId, level } = report;
        return this.#tellMeeting(this.#init.meeting.tell("quality", { participantId, level }));
      }
      case "transport.ended":
      case "transport.path": {
        const { participant_id, transport_id } = report;
        const what = report.report === "transport.ended" ? report.reason : report.ice;
        this.#log.info("a participant's transport changed", { participant_id, transport_id, what });
      }
    }
  }

  /** Sends one step at once, for a client's own request. */
  #takeStep<N extends MediaStepName, R>(
    name: N,
    participantId: string,
    rest: Omit<StepOf<N>, "step" | "router_id" | "participant_id">,
    message: MessageContext,
    turn: (
      outcome: StepDone<N> | Failure<"not_found" | "rejected" | "unavailable">,
    ) => R | Promise<R>,
  ): Promise<R> {
    const router_id = this.#media.routerOf(participantId);
    if (router_id === undefined) {
      return Promise.resolve(turn(fail("not_found", "There is no such transport of yours.")));
    }
    // The rest is checked against the step's own type, which TypeScript can't put together again.
    const step = { step: name, router_id, participant_id: participantId, ...rest } as unknown as StepOf<N>;
    return this.#context.pipe(this.#loop.takeStep<N>(step, message), turn);
  }

  #attached(participantId: string, attachment: Attachment): void {
    const waiting = this.#waiting.get(participantId);
    if (waiting !== undefined) return waiting(attachment);
    const { transports, consumers, assignments } = attachment;
    // Nobody waits for media that is kept: whoever does not wait any longer gets fresh transports.
    if (transports === null) return;
    this.#clients.tell(participantId, [
      notificationFrame("media.moved", { reason: "the media handler was lost", transports, consumers }),
      notificationFrame("layout.assigned", { assignments }),
    ]);
  }

  /** A participant got no transports: a waiting join is told so, and they are tried again for as long as they are there. */
  #unattached(participantId: string, reason: string): void {
    this.#log.warn("can't attach a participant", { participant_id: participantId, reason });
    this.#waiting.get(participantId)?.(unavailable(reason));
    this.#media.giveUpKeeping(participantId);
    this.#context.after(retryMs, () => {
      this.#media.concern(participantId);
      this.#loop.wake();
    });
  }

  /** These participants' media is gone from the handler: they get fresh transports. */
  #lost(participantIds: readonly string[], reason: string, cause: "lost" | "rebuild" = "lost"): void {
    if (participantIds.length === 0) return;
    this.#log.warn("media lost, attaching participants anew", {
      participants: participantIds.length,
      reason,
    });
    this.#init.metrics.mediaRepairs.add({ cause }, participantIds.length);
    const senders = participantIds.filter((id) => this.#media.producersOf(id).length > 0);
    this.#media.lose(participantIds);
    for (const participantId of senders) {
      this.#tellMeeting(this.#init.meeting.tell("sources", { participantId, sources: [] }));
    }
    this.#loop.wake();
    // A client produces again over its fresh transports. Its tile keeps its slot meanwhile.
    this.#context.after(produceAgainMs, async () => {
      for (const id of senders) if (this.#media.isPresent(id)) await this.#slots.show(id);
      this.#loop.wake();
    });
  }

  /** Another controller's run has left these participants' producers: the meeting and the layout are told of them. */
  #adopted(participantIds: readonly string[]): void {
    const told = participantIds.map((participantId) => this.#sourcesChanged(participantId));
    void this.#context.pipe(Promise.all(told), () => this.#loop.wake());
  }

  /** The handler ends what fresh transports replaced, and reports it. This makes up for a report that was lost. */
  #endOutdatedLater(participantId: string): void {
    this.#context.after(outdatedMs, async () => {
      const gone = this.#media.removeProducers(this.#media.outdatedProducers(participantId));
      if (gone.length > 0) await this.#sourcesChanged(participantId);
    });
  }

  /** Takes the client's word for what the participant has paused. A source that it doesn't name is paused, or kept. */
  async #setSources(
    participantId: string,
    sources: readonly SourceState[],
    keepsOthers: boolean,
  ): Promise<void> {
    const paused = new Map(sources.map((one) => [one.source, one.paused]));
    const isChanged = this.#media.setOwnPauses(
      participantId,
      ({ source, pausedBy }) => paused.get(source) ?? (!keepsOthers || pausedBy.has("self")),
    );
    if (isChanged) await this.#sourcesChanged(participantId);
  }

  async #speakerChanged(): Promise<void> {
    const { speaker } = this.#media;
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#tellMeeting(this.#init.meeting.tell("speaker", { participantId: speaker }));
    if (speaker !== null) await this.#slots.hear(speaker);
  }

  async #sourcesChanged(participantId: string): Promise<void> {
    const sources = this.#media.sourcesOf(participantId);
    this.#tellMeeting(this.#init.meeting.tell("sources", { participantId, sources }));
    await this.#slots.show(participantId);
    this.#loop.wake();
  }

  #own(participantId: string, producerId: string): Producer | undefined {
    const producer = this.#media.producers.get(producerId);
    return producer?.participantId === participantId ? producer : undefined;
  }

  /** A meeting whose mailbox is full misses a change of the roster; clients read the roster anew when they resume. */
  #tellMeeting(outcome: string): void {
    if (outcome === "overloaded") this.#log.error("the meeting's mailbox is full", {});
  }
}
