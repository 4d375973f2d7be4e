import {
  type ActorContext,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { createLimiter } from "../../shared/limits/gcra.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import {
  type Layout,
  notificationFrame,
  type PacketCount,
  type SourceState,
} from "../../shared/protocol/mod.ts";
import { attachAnswer } from "./attach_answer.ts";
import { ClientNotifier } from "./client_notifier.ts";
import { ClientSteps } from "./client_steps.ts";
import type { MediaRoutingInit } from "./media_routing_init.ts";
import { MediaRouting } from "./media_routing_protocol.ts";
import { type Attachment, MeetingMedia } from "./meeting_media.ts";
import { ReportIntake } from "./report_intake.ts";
import { isDenied, notPermitted, type RightsChange } from "./rights.ts";
import { MeetingLoop } from "./meeting_loop.ts";
import { ReceivingWatch } from "./receiving_watch.ts";
import { saidPaused } from "./said_paused.ts";
import type { Producer } from "./scene.ts";
import { SlotFeed } from "./slot_feed.ts";
import { SwitchLimit } from "./switch_limit.ts";
import { tooOften } from "./notice_rate.ts";
import { type Unattached, WaitingJoins } from "./waiting_joins.ts";

type Own<T> = T & { readonly participantId: string };

const defaultLayout: Layout = { mode: "grid", slots: 25 };
/** How long a join or resume waits for media. */
const attachPatienceMs = 2_000;
const retryMs = 500;
/** How often a client's report of what has arrived counts. It comes every 5 s, and has statistics taken, or media rebuilt. */
const reportRate = { count: 1, periodMs: 4_000, burst: 3 };
/** Longer than a handler keeps replaced transports. */
const outdatedMs = 12_000;
/** How long the slots of participants whose media was lost wait for their new producers. */
const produceAgainMs = 10_000;

/**
 * Owns one meeting's routing: its producers, its subscribers and the handlers that forward between them. A change names
 * the participants that it concerns, the loop brings the handlers to what is wanted, and clients are told the result.
 */
export class MediaRoutingActor {
  static readonly protocol = MediaRouting;
  readonly #init: MediaRoutingInit;
  readonly #context: ActorContext<typeof MediaRouting>;
  readonly #log;
  readonly #media: MeetingMedia;
  readonly #slots: SlotFeed;
  readonly #clients: ClientNotifier;
  readonly #loop: MeetingLoop;
  readonly #waiting: WaitingJoins;
  readonly #steps: ClientSteps;
  readonly #reports: ReportIntake;
  readonly #receiving: ReceivingWatch;
  readonly #received = createLimiter(reportRate, 1_000);
  readonly #switches = new SwitchLimit();
  /** Participants who were refused transports. */
  readonly #unattachedIds = new Set<string>();
  /** Those of them whose next try is coming. */
  readonly #retriedIds = new Set<string>();

  constructor(init: MediaRoutingInit, context: ActorContext<typeof MediaRouting>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("media_routing").with({ meeting_id: init.lease.meeting_id });
    const { lease: { handlers }, expected, departed, audibleLimit } = init;
    const known = { handlers, expected, departed, audibleLimit };
    this.#media = new MeetingMedia(known, () => context.clock.now());
    this.#slots = new SlotFeed({ context, layout: init.layout, media: this.#media });
    this.#clients = new ClientNotifier(this.#media, init.meeting);
    this.#receiving = new ReceivingWatch({
      ...init,
      onDead: (participantId) => this.#lost([participantId], "nothing arrives of what is sent", "rebuild"),
    });
    this.#loop = new MeetingLoop({
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
    this.#waiting = new WaitingJoins(context);
    const onSources = (participantId: string) => this.#sourcesChanged(participantId);
    this.#steps = new ClientSteps({
      context,
      media: this.#media,
      loop: this.#loop,
      maySwitchOn: (sub) => this.#maySwitchOn(sub),
      onSources,
    });
    this.#reports = new ReportIntake({
      meetingId: init.lease.meeting_id,
      media: this.#media,
      slots: this.#slots,
      clients: this.#clients,
      meeting: init.meeting,
      onLost: (participantIds, reason) => this.#lost(participantIds, reason),
      onSources,
    });
  }

  onStart(): void {
    // The handler opens a router now, so that the first participant doesn't wait for it.
    this.#loop.start();
  }

  async attach(request: Body<typeof MediaRouting, "attach">, message: MessageContext) {
    const { participantId, rtpCapabilities, region, client, keep } = request;
    const sources = this.#media.producers.heed(participantId, request.sources);
    const answer = (attached: Attachment | Unattached) =>
      attachAnswer(attached, keep, this.#media.producers.rightsOf(participantId).startMuted);
    if (this.#init.lease.handlers.length === 0) {
      return answer(fail("unavailable", "No media handler can be reached at the moment."));
    }
    await this.#setSources(participantId, sources, keep);
    const before = keep ? this.#media.subscriber(participantId)?.layout : undefined;
    const layout = request.layout ?? before ?? defaultLayout;
    const slots = await this.#slots.subscribe(participantId, layout);
    this.#waiting.refuse(participantId, "A newer connection of yours was attached instead.");
    this.#clients.enter(participantId, client);
    const subscriber = { participantId, rtpCapabilities, region, layout, slots, said: sources };
    if (keep) this.#media.keep(subscriber);
    else this.#media.attach(subscriber);
    const attaching = this.#waiting.wait(
      participantId,
      Math.min(attachPatienceMs, message.remainingMs),
      () => this.#late(participantId, keep),
    );
    this.#loop.wake(message.lineage.trace);
    return later(this.#context.pipe(attaching, async (attached) => {
      const isFresh = !(attached instanceof Failure) && attached.transports !== null;
      if (isFresh) this.#endOutdatedLater(participantId);
      if (keep && isFresh) await this.#setSources(participantId, sources, false);
      return answer(attached);
    }));
  }

  async present({ participantId }: { participantId: string }): Promise<void> {
    this.#media.enter(participantId);
    await this.#slots.show(participantId);
    this.#loop.wake();
  }

  renew({ generation }: Body<typeof MediaRouting, "renew">): void {
    this.#loop.renew(generation);
  }

  setAway({ participantId, away }: Own<{ away: boolean }>): void {
    this.#media.producers.setAway(participantId, away);
    this.#loop.wake();
  }

  async detach({ participantId }: { participantId: string }): Promise<void> {
    this.#waiting.refuse(participantId, "You left the meeting.");
    const receivers = this.#media.forgetConsumersOf(participantId, this.#media.detach(participantId));
    this.#clients.leave(participantId);
    this.#receiving.forget(participantId);
    this.#unattachedIds.delete(participantId);
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
    return later(this.#steps.connect(request, message));
  }

  produce(request: Body<typeof MediaRouting, "produce">, message: MessageContext) {
    return later(this.#steps.produce(request, message));
  }

  async setPaused({ participantId, sub, producerId, paused }: Body<typeof MediaRouting, "setPaused">) {
    const producer = this.#own(participantId, producerId);
    if (producer === undefined) return fail("not_found", "There is no such producer of yours.");
    if (!paused && isDenied(this.#media.producers.rightsOf(participantId), producer.source)) {
      return notPermitted();
    }
    const isSwitchedOn = !paused && producer.pausedBy.has("self");
    if (isSwitchedOn && !this.#maySwitchOn(sub)) return tooOften();
    // While others still receive an older one, it stands for the source.
    const all = this.#media.producers.withOlder(producer);
    const changed = all.filter((one) => this.#media.producers.setOwnPause(one, paused));
    if (changed.length > 0) await this.#sourcesChanged(participantId);
  }

  async closeProducer({ participantId, producerId }: Own<{ producerId: string }>) {
    const producer = this.#own(participantId, producerId);
    if (producer === undefined) return fail("not_found", "There is no such producer of yours.");
    this.#media.producers.remove(this.#media.producers.withOlder(producer).map((one) => one.producerId));
    await this.#sourcesChanged(participantId);
  }

  ready({ participantId, consumerIds }: Own<{ consumerIds: string[] }>): void {
    this.#media.setReady(participantId, consumerIds);
    this.#loop.wake();
  }

  restartIce(request: Body<typeof MediaRouting, "restartIce">, message: MessageContext) {
    return later(this.#steps.restartIce(request, message));
  }

  async rights(change: RightsChange): Promise<void> {
    if (this.#media.producers.setRights(change)) await this.#sourcesChanged(change.participantId);
  }

  noteReceived({ participantId, received }: Own<{ received: PacketCount[] }>, message: MessageContext) {
    if (this.#received.take(participantId, this.#context.clock.now()) > 0) return {};
    const flowing = this.#media.flowingTo(participantId);
    if (!this.#receiving.isSuspect(participantId, received, flowing)) return {};
    const sent = this.#loop.sent(this.#media.routerOf(participantId), flowing, message);
    return later(this.#context.pipe(sent, (sent) => this.#receiving.repair(participantId, sent)));
  }

  async reported({ reports }: { reports: readonly MediaReport[] }): Promise<void> {
    for (const report of reports) await this.#reports.take(report);
    this.#loop.wake();
  }

  end() {
    return later(this.#loop.end());
  }

  #attached(participantId: string, attachment: Attachment): void {
    this.#unattachedIds.delete(participantId);
    if (this.#waiting.settle(participantId, attachment)) return;
    const { transports, consumers, assignments } = attachment;
    const isMoving = this.#media.isMoving(participantId);
    if (isMoving) this.#endOutdatedLater(participantId);
    const reason = isMoving ? "the media handler is about to end" : "the media handler was lost";
    this.#clients.tell(participantId, [
      transports === null
        ? notificationFrame("media.kept", { consumers })
        : notificationFrame("media.moved", { reason, transports, consumers }),
      notificationFrame("layout.assigned", { assignments }),
    ]);
  }

  /** No handler has answered in time. Media that a client keeps goes on meanwhile, so nothing takes its place. */
  #late(participantId: string, keep: boolean): void {
    const reason = "No media handler answered in time.";
    if (keep) this.#waiting.refuse(participantId, reason);
    else this.#unattached(participantId, reason);
  }

  /** A participant got no transports: a waiting join is told so, and they are tried again for as long as they are there. */
  #unattached(participantId: string, reason: string): void {
    if (!this.#unattachedIds.has(participantId)) {
      this.#log.warn("can't attach a participant", { participant_id: participantId, reason });
    }
    this.#unattachedIds.add(participantId);
    this.#waiting.refuse(participantId, reason);
    this.#media.giveUpKeeping(participantId);
    // An inventory and a search have everybody tried, too: their refusals add no tries to the one that is coming.
    if (this.#retriedIds.has(participantId)) return;
    this.#retriedIds.add(participantId);
    this.#context.after(retryMs, () => {
      this.#retriedIds.delete(participantId);
      this.#media.concern(participantId);
      this.#loop.wake();
    });
  }

  /** These participants' media is gone from the handler: they get fresh transports. */
  #lost(participantIds: readonly string[], reason: string, cause: "lost" | "rebuild" = "lost"): void {
    // Whoever spoke on a router that is gone speaks no more.
    void this.#context.pipe(Promise.resolve(), async () => {
      if (await this.#reports.noteSpeaker()) this.#loop.wake();
    });
    if (participantIds.length === 0) return;
    this.#log.warn("media lost, attaching participants anew", {
      participants: participantIds.length,
      reason,
    });
    this.#init.metrics.mediaRepairs.add({ cause }, participantIds.length);
    const senders = participantIds.filter((id) => this.#media.producers.of(id).length > 0);
    this.#media.lose(participantIds);
    for (const participantId of senders) {
      this.#tellMeeting(this.#init.meeting.tell("sources", { participantId, sources: [] }));
    }
    this.#loop.wake();
    // A client produces again over its fresh transports. Its tile keeps its slot meanwhile.
    this.#context.after(produceAgainMs, async () => {
      for (const id of senders) if (this.#media.present.has(id)) await this.#slots.show(id);
      this.#loop.wake();
    });
  }

  /** Another controller's run has left these participants' producers: the meeting and the layout are told of them. */
  async #adopted(participantIds: readonly string[]): Promise<void> {
    await Promise.all(participantIds.map((participantId) => this.#sourcesChanged(participantId)));
  }

  /** The handler ends what fresh transports replaced, and reports it. This makes up for a report that was lost. */
  #endOutdatedLater(participantId: string): void {
    const { epoch = 0 } = this.#media.subscriber(participantId) ?? {};
    this.#context.after(outdatedMs, async () => {
      const gone = this.#media.producers.remove(this.#media.producers.outdated(participantId, epoch));
      if (gone.length > 0) await this.#sourcesChanged(participantId);
    });
  }

  /** Takes the client's word for what the participant has paused. A source that it doesn't name is paused, or kept. */
  async #setSources(
    participantId: string,
    sources: readonly SourceState[],
    keepsOthers: boolean,
  ): Promise<void> {
    const isChanged = this.#media.producers.setOwnPauses(
      participantId,
      ({ source, pausedBy }) =>
        saidPaused(sources, source, { wasPaused: pausedBy.has("self"), keeps: keepsOthers }),
    );
    if (isChanged) await this.#sourcesChanged(participantId);
  }

  async #sourcesChanged(participantId: string): Promise<void> {
    const sources = this.#media.producers.sourcesOf(participantId);
    this.#tellMeeting(this.#init.meeting.tell("sources", { participantId, sources }));
    await this.#slots.show(participantId);
    this.#loop.wake();
  }

  #maySwitchOn(sub: string): boolean {
    return this.#switches.take(sub, this.#media.present.size, this.#context.clock.now());
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
