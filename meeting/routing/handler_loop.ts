import {
  type ActorContext,
  type ActorRef,
  fail,
  Failure,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaControl } from "../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStepName, StepDone, StepOf } from "../../shared/protocol/media/steps.ts";
import type { PacketCount } from "../../shared/protocol/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { ShardMetrics } from "../metrics.ts";
import type { DemandNotice } from "./take_demands.ts";
import type { HandlerLinks } from "./handler_links_protocol.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { Attachment, MeetingMedia } from "./meeting_media.ts";
import type { MediaMeeting } from "./neighbours.ts";
import { type Opening, openOnHandler } from "./open_on_handler.ts";

export interface HandlerLoopInit {
  readonly context: ActorContext<typeof MediaRouting>;
  readonly lease: Lease;
  readonly links: ActorRef<typeof HandlerLinks>;
  readonly meeting: ActorRef<typeof MediaMeeting>;
  readonly media: MeetingMedia;
  readonly metrics: Pick<ShardMetrics, "mediaRepairs" | "reconciliations">;
  /** A participant has fresh transports. */
  readonly onAttached: (participantId: string, attachment: Attachment) => void;
  readonly onUnattached: (participantId: string, reason: string) => void;
  readonly onDemands: (demands: readonly DemandNotice[]) => void;
  /** The media of these participants' clients may have changed. */
  readonly onChanged: (participantIds: Iterable<string>) => void;
  /** These participants send what another controller's run has left on the handler. */
  readonly onAdopted: (participantIds: readonly string[]) => void;
  /** These participants' media is gone. */
  readonly onLost: (participantIds: readonly string[], reason: string) => void;
}

type StepRefused = Failure<"not_found" | "rejected" | "unavailable">;

/** A lost link is opened again after these times, then every two seconds. */
const reconnectMs = [0, 300, 1_000, 2_000];
/** A handler that can't be reached for this long counts as gone. */
const goneAfterMs = 15_000;
/** The pause between two rounds in which no handler of the lease took the meeting. */
const roundPauseMs = 500;
const reconcileMs = 5_000;
/** After a batch of which no step was taken. */
const refusedPauseMs = 500;
/** The delay of an inventory that an unexpected refusal asks for. */
const surprisePauseMs = 500;
/** How long a handler keeps the media of participants whom the meeting doesn't know. */
const unknownParticipantsMs = 30_000;

/**
 * Brings a meeting's handler to what is wanted: one numbered batch is under way, and the next goes out when it is
 * answered. While the handler can't be reached, actual is unknown and no step goes out. Afterwards its inventory decides.
 */
export class HandlerLoop {
  readonly #init: HandlerLoopInit;
  readonly #log;
  #control: ActorRef<typeof MediaControl> | null = null;
  /** The index of the lease's handler that has the meeting, or is being tried. */
  #handler = 0;
  #attempts = 0;
  /** Since when the handler can't be reached; null while nothing of the meeting is known to be there. */
  #unknownSinceMs: number | null = null;
  #batch = 0;
  /** The last batch whose answer is known. */
  #answered = 0;
  #isApplying = false;
  #isWoken = false;
  /** The trace of the request that the next batch is for; of several the first one's. */
  #trace: string | undefined;
  /** Rises when steps are sent and when they are answered: an inventory during which it rose may be outdated. */
  #sent = 0;
  #underWay = 0;
  #isEnding = false;
  #isInventoryDue = false;
  #cancelEnds = () => {};
  #nextEndMs = Infinity;

  constructor(init: HandlerLoopInit) {
    this.#init = init;
    this.#log = logger("handler_loop").with({ meeting_id: init.lease.meeting_id });
  }

  start(): void {
    if (this.#init.lease.handlers.length === 0) return;
    this.#connect();
    this.#init.context.every(reconcileMs, () => this.#reconcile("period"));
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

  /** Sends one step at once, for a client's own request. */
  takeStep<N extends MediaStepName>(
    step: StepOf<N>,
    message: MessageContext,
  ): Promise<StepDone<N> | StepRefused> {
    const control = this.#control;
    if (control === null) {
      return Promise.resolve(fail("unavailable", "The media handler can't be reached at the moment."));
    }
    this.#sent++;
    this.#underWay++;
    const asked = message.ask(control, "apply", { ...this.#fence, batch: null, steps: [step] });
    return this.#init.context.pipe(asked, (applied) => {
      this.#sent++;
      this.#underWay--;
      if (!applied.ok) {
        // A late answer is no lost link: what became of the step the inventory says.
        if (applied.error.code === "timeout") this.#inventoryDue();
        else this.#noteFailure(applied.error, control);
        return fail("unavailable", applied.error.message);
      }
      const [outcome] = applied.value.outcomes;
      // An outcome answers the step in its place.
      if (outcome?.ok) return outcome as StepDone<N>;
      if (outcome === undefined) return fail("unavailable", "The media handler did not answer the step.");
      const { code, message: reason } = outcome;
      return code === "not_found" || code === "rejected" ? fail(code, reason) : fail("unavailable", reason);
    });
  }

  /** How many packets the handler has sent to each of these consumers; null if it doesn't say. */
  async sent(consumerIds: readonly string[], message: MessageContext): Promise<PacketCount[] | null> {
    if (this.#control === null) return null;
    const body = { ...this.#fence, consumer_ids: [...consumerIds] };
    const counted = await message.ask(this.#control, "sent", body);
    return counted.ok ? counted.value.sent : null;
  }

  /** The meeting is over: has the handler close everything of it. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const { context, links, lease } = this.#init;
    if (this.#control !== null) {
      const closed = await context.ask(this.#control, "close", this.#fence);
      if (!closed.ok) this.#log.info("a handler did not close the meeting", { code: closed.error.code });
    }
    const told = links.tell("forget", { meetingId: lease.meeting_id });
    if (told !== "accepted") this.#log.warn("the links were not told that a meeting ended", { told });
  }

  get #fence() {
    const { meeting_id, generation } = this.#init.lease;
    return { meeting_id, generation };
  }

  #connect(): void {
    const { context, lease, links } = this.#init;
    const handler = lease.handlers[this.#handler];
    if (handler === undefined || this.#isEnding) return;
    const opening = openOnHandler(context, { handler, fence: this.#fence, links, routing: context.self });
    void context.pipe(opening, (opened) => this.#noteOpening(opened, handler.id));
  }

  #noteOpening(opened: Opening, handlerId: string): void {
    if (this.#isEnding) return;
    if (opened.kind === "stale") return this.#fenced();
    if (opened.kind === "opened") {
      this.#control = opened.control;
      this.#unknownSinceMs = null;
      this.#init.context.watch(opened.control, () => this.#disconnected(opened.control));
      this.#adopt(opened.inventory);
      this.#init.context.after(unknownParticipantsMs, () => {
        this.#init.media.concernUnknownParticipants();
        this.wake();
      });
      this.#log.info("meeting opened on a media handler", { handler_id: handlerId });
      return this.wake();
    }
    const now = this.#init.context.clock.now();
    const isGone = opened.kind === "gone" || this.#unknownSinceMs === null ||
      now - this.#unknownSinceMs >= goneAfterMs;
    if (isGone) return this.#next(opened.kind === "gone" ? "nobody listens there" : opened.reason);
    this.#connectLater();
  }

  #adopt(inventory: MediaInventory): void {
    const { media, onAdopted, onLost } = this.#init;
    const { lost, senders } = media.adopt(inventory);
    onLost(lost, "the media handler has forgotten them");
    onAdopted(senders);
  }

  #connectLater(): void {
    const delayMs = reconnectMs[this.#attempts++] ?? reconnectMs.at(-1) ?? 0;
    if (delayMs === 0) this.#connect();
    else this.#init.context.after(delayMs, () => this.#connect());
  }

  /** This handler is gone: tries the lease's next one, and after the last the first again. */
  #next(reason: string): void {
    const { context, lease, media, onLost } = this.#init;
    if (this.#unknownSinceMs !== null) onLost(media.loseHandler(), reason);
    this.#unknownSinceMs = null;
    this.#attempts = 0;
    this.#handler = (this.#handler + 1) % lease.handlers.length;
    if (this.#handler !== 0) return this.#connect();
    this.#log.warn("no media handler takes the meeting", { reason });
    context.after(roundPauseMs, () => this.#connect());
  }

  #disconnected(control: ActorRef<typeof MediaControl>): void {
    if (this.#control !== control) return;
    this.#control = null;
    this.#unknownSinceMs = this.#init.context.clock.now();
    this.#log.warn("the link to the media handler is down", {});
    this.#connectLater();
  }

  #fenced(): void {
    this.#isEnding = true;
    this.#control = null;
    if (this.#init.meeting.tell("fenced", undefined) === "accepted") return;
    this.#log.error("could not tell a meeting that it is fenced", {});
  }

  #apply(): void {
    const { context, media, onChanged } = this.#init;
    const control = this.#control;
    if (control === null || this.#isApplying || !media.hasConcerned) return;
    const due = media.steps();
    // The last router is gone: opening the meeting anew gives it another.
    if (due === undefined) return this.#reopen(control);
    this.#waitForEnds();
    const { steps, participants } = due;
    if (steps.length === 0) return onChanged(participants);
    this.#isApplying = true;
    this.#sent++;
    const body = { ...this.#fence, batch: ++this.#batch, steps };
    const lineage = { chain: [], trace: this.#trace };
    this.#trace = undefined;
    void context.pipe(context.ask(control, "apply", body, { lineage }), (applied) => {
      this.#isApplying = false;
      this.#sent++;
      if (!applied.ok) {
        for (const participantId of participants) media.concern(participantId);
        this.#noteFailure(applied.error, control);
        return void context.after(refusedPauseMs, () => this.#apply());
      }
      this.#answered = body.batch;
      this.#attempts = 0;
      const result = media.noteOutcomes(steps, applied.value.outcomes);
      for (const { participantId, message } of result.refused) {
        this.#init.metrics.mediaRepairs.add({ cause: "refused" });
        this.#log.warn("a participant can't receive a producer", { participant_id: participantId, message });
      }
      for (const [participantId, attachment] of result.attached) {
        this.#init.onAttached(participantId, attachment);
      }
      for (const [participantId, { message }] of result.unattached) {
        this.#init.onUnattached(participantId, message);
      }
      for (const routerId of result.lostRouters) {
        this.#init.onLost(media.loseRouter(routerId), "the media handler lost the router");
      }
      onChanged(participants);
      if (result.isOutdated) this.#inventoryDue();
      // A handler that takes no step now is not asked for the same at once.
      if (result.isFuller || applied.value.outcomes.some(({ ok }) => ok)) return this.#apply();
      context.after(refusedPauseMs, () => this.#apply());
    });
  }

  /** Goes on when the next hidden consumers end, or the next demand falls. */
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

  #reopen(control: ActorRef<typeof MediaControl>): void {
    if (this.#control !== control) return;
    this.#control = null;
    this.#connect();
  }

  /** A failed ask makes actual unknown; `stale_generation` ends the meeting here. */
  #noteFailure({ code, message }: Failure, control: ActorRef<typeof MediaControl>): void {
    if (this.#control !== control) return;
    if (code === "stale_generation") return this.#fenced();
    this.#log.warn("a media handler did not take a batch", { code, message });
    // The link is there; what became of the steps its inventory says.
    if (code === "overloaded" || code === "invalid" || code === "aborted") return this.#inventoryDue();
    this.#disconnected(control);
  }

  #inventoryDue(): void {
    if (this.#isInventoryDue) return;
    this.#isInventoryDue = true;
    this.#init.context.after(surprisePauseMs, () => {
      this.#isInventoryDue = false;
      this.#reconcile("surprise");
    });
  }

  /** Replaces actual by the handler's inventory, and repairs the difference. */
  #reconcile(cause: "period" | "surprise"): void {
    const { context, media, metrics } = this.#init;
    const control = this.#control;
    if (control === null || this.#isApplying || this.#underWay > 0 || !media.hasMedia) return;
    const sent = this.#sent;
    void context.pipe(context.ask(control, "inventory", this.#fence), (inventory) => {
      if (!inventory.ok) return this.#noteFailure(inventory.error, control);
      if (sent !== this.#sent || inventory.value.batch < this.#answered || this.#control !== control) return;
      this.#adopt(inventory.value);
      const repairs = media.peek();
      metrics.reconciliations.add({ repaired: repairs > 0 ? "yes" : "no" });
      if (repairs > 0) metrics.mediaRepairs.add({ cause }, repairs);
      this.#apply();
    });
  }
}
