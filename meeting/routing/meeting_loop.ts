import { type ActorContext, type ActorRef, fail, type MessageContext } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaStepName, StepDone, StepOf } from "../../shared/protocol/media/steps.ts";
import type { PacketCount } from "../../shared/protocol/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { DemandNotice } from "./take_demands.ts";
import type { HandlerLinks } from "./handler_links_protocol.ts";
import { HandlerLoop } from "./handler_loop.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { Applied, Attachment, MeetingMedia } from "./meeting_media.ts";
import type { MediaMeeting } from "./neighbours.ts";
import type { LeasedHandler } from "./open_on_handler.ts";
import type { StepRefused } from "./step_result.ts";
import type { Upstream } from "../platform/upstream.ts";

export interface MeetingLoopInit {
  readonly context: ActorContext<typeof MediaRouting>;
  readonly lease: Lease;
  readonly links: ActorRef<typeof HandlerLinks>;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly meeting: ActorRef<typeof MediaMeeting>;
  readonly media: MeetingMedia;
  readonly metrics: Pick<ShardMetrics, "mediaRepairs" | "reconciliations">;
  /** A participant has fresh transports. */
  readonly onAttached: (participantId: string, attachment: Attachment) => void;
  readonly onUnattached: (participantId: string, reason: string) => void;
  readonly onDemands: (demands: readonly DemandNotice[]) => void;
  /** The media of these participants' clients may have changed. */
  readonly onChanged: (participantIds: Iterable<string>) => void;
  /** These participants send what another controller's run has left on a handler. Resolves once it is in the layouts. */
  readonly onAdopted: (participantIds: readonly string[]) => Promise<void>;
  /** These participants' media is gone. */
  readonly onLost: (participantIds: readonly string[], reason: string) => void;
}

/** The longest pause before GC, which had no other handler, is asked again. The shortest is half of it. */
const searchPauseMs = 5_000;
/** How long a controller that has taken a meeting over waits for all handlers of the lease before it places anybody. */
const adoptionMs = 1_000;
/** Batches wait no longer than this for producers that are being opened. */
const holdMs = 50;

/**
 * Brings a meeting's handlers to what is wanted: the difference is computed once for all of them, at the end of a turn,
 * and each handler that is free is sent its part. A handler of the lease is opened when somebody is to be on it.
 */
export class MeetingLoop {
  readonly #init: MeetingLoopInit;
  readonly #log;
  readonly #loops = new Map<string, HandlerLoop>();
  #generation: number;
  #isWoken = false;
  /** The trace of the request that the next batch is for; of several the first one's. */
  #trace: string | undefined;
  #isEnding = false;
  /** Handlers whose adopted media isn't in the layouts yet. Until it is, nobody knows what is wanted of it. */
  #adopting = 0;
  #holds = 0;
  #heldUntilMs = 0;
  /** Whether GC had no other handler when it was asked last. */
  #isSearchInVain = false;
  #cancelEnds = () => {};
  #nextEndMs = Infinity;

  constructor(init: MeetingLoopInit) {
    this.#init = init;
    this.#generation = init.lease.generation;
    this.#log = logger("meeting_loop").with({ meeting_id: init.lease.meeting_id });
    for (const handler of init.lease.handlers) this.#loops.set(handler.id, this.#loopOf(handler));
  }

  /**
   * Opens the meeting on its first handler. After a failover it opens it on every handler of the lease, since each may have
   * media of the meeting.
   */
  start(): void {
    const { context, lease, media } = this.#init;
    const [first, ...others] = lease.handlers;
    if (first !== undefined) this.#loops.get(first.id)?.open();
    if (media.handlers.areAdopted) return;
    for (const { id } of others) this.#loops.get(id)?.open(false);
    context.after(adoptionMs, () => {
      media.handlers.endAdoption();
      this.wake();
    });
  }

  /** Sends the difference at the end of the turn, together with all other changes of this turn. */
  wake(trace?: string): void {
    this.#trace ??= trace;
    if (this.#isWoken) return;
    this.#isWoken = true;
    void this.#init.context.pipe(Promise.resolve(), () => {
      this.#isWoken = false;
      this.#init.onDemands(this.#init.media.takeDemands());
      this.#apply();
      this.#waitForEnds();
    });
  }

  /**
   * Holds all batches back until what it answers is disposed. Producers that are opened at the same time then go to each
   * receiver in one batch and one frame, and a browser sets them up in one round.
   */
  hold(): Disposable {
    const { context } = this.#init;
    if (this.#holds++ === 0) {
      this.#heldUntilMs = context.clock.now() + holdMs;
      context.after(holdMs, () => this.wake());
    }
    return {
      [Symbol.dispose]: () => {
        this.#holds--;
        this.wake();
      },
    };
  }

  /** Sends one step at once, for a client's own request. */
  takeStep<N extends MediaStepName>(
    routerId: string,
    step: StepOf<N>,
    message: MessageContext,
  ): Promise<StepDone<N> | StepRefused> {
    const loop = this.#loopOn(routerId);
    if (loop !== undefined) return loop.takeStep(step, message);
    return Promise.resolve(fail("unavailable", "The media handler can't be reached at the moment."));
  }

  /** How many packets a router's handler has sent to each of these consumers; null if it doesn't say. */
  async sent(
    routerId: string | undefined,
    consumerIds: readonly string[],
    message: MessageContext,
  ): Promise<PacketCount[] | null> {
    const loop = routerId === undefined ? undefined : this.#loopOn(routerId);
    return await loop?.sent(consumerIds, message) ?? null;
  }

  /** The meeting goes on at a higher generation. */
  renew(generation: number): void {
    this.#isEnding = false;
    this.#generation = generation;
    for (const loop of this.#loops.values()) loop.renew(generation);
  }

  /** The meeting is over: has its handlers close everything of it. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const { context, links, lease: { meeting_id: meetingId } } = this.#init;
    await Promise.all([...this.#loops.values()].map((loop) => loop.end()));
    const told = links.tell("forget", { meetingId, routing: context.self });
    if (told !== "accepted") this.#log.warn("the links were not told that a meeting ended", { told });
  }

  #loopOn(routerId: string): HandlerLoop | undefined {
    return this.#loops.get(this.#init.media.handlers.of(routerId) ?? "");
  }

  #loopOf(handler: LeasedHandler): HandlerLoop {
    const { context, lease: { meeting_id }, links, media, metrics, ...on } = this.#init;
    return new HandlerLoop({
      context,
      fence: { meeting_id, generation: this.#generation },
      handler,
      links,
      media,
      metrics,
      onApplied: (applied) => this.#applied(applied),
      onAdopted: ({ lost, senders }) => {
        on.onLost(lost, "the media handler has forgotten them");
        if (senders.length > 0) this.#adopt(on.onAdopted(senders));
      },
      onLost: on.onLost,
      onChanged: on.onChanged,
      onTurn: () => this.wake(),
      onFenced: () => this.#fenced(),
    });
  }

  /** Holds all batches back until adopted media is in the layouts. */
  #adopt(laidOut: Promise<void>): void {
    this.#adopting++;
    void this.#init.context.pipe(laidOut, () => {
      this.#adopting--;
      this.wake();
    });
  }

  #apply(): void {
    const { media, onChanged } = this.#init;
    media.handlers.moveAway();
    media.producers.endAllReplaced();
    if (this.#isEnding || this.#adopting > 0 || !media.hasConcerned || this.#isHeld) return;
    const isFree = (handlerId: string) => this.#loops.get(handlerId)?.isFree === true;
    // The next answer brings another turn.
    const loops = [...this.#loops.values()];
    if (loops.some(({ isBusy }) => isBusy) && !loops.some((loop) => loop.isFree)) return;
    const { batches, others, handlers, isNowhere } = media.due(isFree);
    if (isNowhere) this.#search();
    const trace = this.#trace;
    if (batches.length > 0) this.#trace = undefined;
    for (const batch of batches) this.#loops.get(batch.handlerId)?.apply(batch, trace);
    for (const handlerId of handlers) this.#loops.get(handlerId)?.open();
    onChanged(others);
  }

  get #isHeld(): boolean {
    return this.#holds > 0 && this.#init.context.clock.now() < this.#heldUntilMs;
  }

  /** Has GC give the meeting another handler. */
  #search(): void {
    const { context, lease: { meeting_id }, media: { handlers }, meeting, upstream } = this.#init;
    handlers.noteSearch("under way");
    const asked = context.ask(upstream, "addHandler", { meeting_id, generation: this.#generation });
    void context.pipe(asked, (answer) => {
      const given = answer.ok ? answer.value.handlers : [];
      const others = given.filter((handler) => this.#takeOn(handler));
      this.#logSearch(others);
      handlers.noteSearch(others.length > 0 ? "open" : "in vain");
      this.wake();
      if (others.length > 0) {
        if (meeting.tell("handlers", { handlers: given }) === "accepted") return;
        return this.#log.error("the meeting was not told of its handlers", {});
      }
      // A handler that dies has all its meetings ask at once.
      context.after(searchPauseMs * (0.5 + context.random() / 2), () => {
        handlers.noteSearch("open");
        this.wake();
      });
    });
  }

  /** Answers whether a handler that GC names is another one, and takes it on. One that is gone may be at another address. */
  #takeOn(handler: LeasedHandler): boolean {
    const { media: { handlers }, onLost } = this.#init;
    const { id, link_url } = handler;
    const known = this.#loops.get(id);
    if (known !== undefined) {
      if (known.linkUrl === link_url || handlers.stateOf(id) === "open") return false;
      known.stop();
      onLost(handlers.lose(id), "the media handler is at another address");
    }
    handlers.add(handler);
    this.#loops.set(id, this.#loopOf(handler));
    return true;
  }

  /** Logs a search with its outcome. While there is no handler one follows another: of these the first is logged. */
  #logSearch(others: readonly LeasedHandler[]): void {
    const isInVain = others.length === 0;
    const isRepeated = isInVain && this.#isSearchInVain;
    this.#isSearchInVain = isInVain;
    if (!isRepeated) {
      this.#log.info("asked for another media handler", { got: others.map(({ id }) => id) });
    }
  }

  #applied({ refused, attached, unattached, lostRouters }: Applied): void {
    const { media, metrics, onAttached, onUnattached, onLost } = this.#init;
    for (const { participantId, message } of refused) {
      metrics.mediaRepairs.add({ cause: "refused" });
      this.#log.warn("a participant can't receive a producer", { participant_id: participantId, message });
    }
    for (const [participantId, attachment] of attached) onAttached(participantId, attachment);
    for (const [participantId, { message }] of unattached) onUnattached(participantId, message);
    for (const routerId of lostRouters) {
      onLost(media.loseRouter(routerId), "the media handler lost the router");
    }
  }

  /** Goes on when the next hidden consumers, demand or replaced transports end. */
  #waitForEnds(): void {
    const { context, media } = this.#init;
    const { nextEndMs } = media;
    if (nextEndMs === this.#nextEndMs) return;
    this.#cancelEnds();
    this.#nextEndMs = nextEndMs;
    if (nextEndMs === Infinity) return;
    this.#cancelEnds = context.after(nextEndMs - context.clock.now(), () => {
      this.#nextEndMs = Infinity;
      media.noteEnds();
      this.wake();
    });
  }

  #fenced(): void {
    this.#isEnding = true;
    for (const loop of this.#loops.values()) loop.stop();
    if (this.#init.meeting.tell("fenced", { generation: this.#generation }) === "accepted") return;
    this.#log.error("could not tell a meeting that it is fenced", {});
  }
}
