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
import type { ShardMetrics } from "../metrics.ts";
import type { Batch } from "./due_batches.ts";
import type { HandlerLinks } from "./handler_links_protocol.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { Adopted } from "./adopt_inventory.ts";
import type { Applied, MeetingMedia } from "./meeting_media.ts";
import { type LeasedHandler, type Opening, openOnHandler } from "./open_on_handler.ts";
import { type StepRefused, stepResult } from "./step_result.ts";

export interface HandlerLoopInit {
  readonly context: ActorContext<typeof MediaRouting>;
  readonly fence: { readonly meeting_id: string; readonly generation: number };
  readonly handler: LeasedHandler;
  readonly links: ActorRef<typeof HandlerLinks>;
  readonly media: MeetingMedia;
  readonly metrics: Pick<ShardMetrics, "mediaRepairs" | "reconciliations">;
  /** A batch was answered. */
  readonly onApplied: (applied: Applied) => void;
  readonly onAdopted: (adopted: Adopted) => void;
  /** The handler is gone, and with it these participants' media. */
  readonly onLost: (participantIds: readonly string[], reason: string) => void;
  /** These participants' clients can be told their changes. */
  readonly onChanged: (participantIds: Iterable<string>) => void;
  /** The handler can be given steps, or somebody may have to go elsewhere. */
  readonly onTurn: () => void;
  /** A newer controller has the meeting. */
  readonly onFenced: () => void;
}

/** A lost link is opened again after these times, then every two seconds. */
const reconnectMs = [0, 300, 1_000, 2_000];
/** A handler that can't be reached for this long counts as gone. */
const goneAfterMs = 15_000;
/** Nobody new waits any longer than this for a handler that doesn't answer, if there is another. */
const overdueAfterMs = 1_000;
/** The pause before a handler that is gone is tried again. */
const roundPauseMs = 500;
const reconcileMs = 5_000;
/** After a batch of which no step was taken. */
const refusedPauseMs = 500;
/** The delay of an inventory that an unexpected refusal asks for. */
const surprisePauseMs = 500;
/** How long a handler keeps the media of participants whom the meeting doesn't know. */
const unknownParticipantsMs = 30_000;

/**
 * Brings one handler's part of a meeting to what is wanted: one numbered batch is under way, and the next goes out when it
 * is answered. While the handler can't be reached, its part of actual is unknown and no step goes out. Afterwards its
 * inventory decides.
 */
export class HandlerLoop {
  readonly #init: HandlerLoopInit;
  readonly #log;
  #fence: HandlerLoopInit["fence"];
  #control: ActorRef<typeof MediaControl> | null = null;
  /** The opening that is under way; it answers the handler's control, or null in vain. */
  #opening: Promise<ActorRef<typeof MediaControl> | null> | null = null;
  #isToBe = false;
  #attempts = 0;
  /** Since when it is not known what the handler has; null while it is. */
  #unknownSinceMs: number | null = null;
  #cancelOverdue = () => {};
  #batch = 0;
  /** The last batch whose answer is known. */
  #answered = 0;
  #isApplying = false;
  /** Rises when steps are sent and when they are answered: an inventory during which it rose may be outdated. */
  #sent = 0;
  #underWay = 0;
  #isEnding = false;
  #isInventoryDue = false;

  constructor(init: HandlerLoopInit) {
    this.#init = init;
    this.#fence = init.fence;
    const { fence: { meeting_id }, handler: { id: handler_id } } = init;
    this.#log = logger("handler_loop").with({ meeting_id, handler_id });
    init.context.every(reconcileMs, () => this.#reconcile("period"));
  }

  get linkUrl(): string {
    return this.#init.handler.link_url;
  }

  /** Whether a batch can be sent now. */
  get isFree(): boolean {
    return this.#control !== null && !this.#isApplying && !this.#isEnding;
  }

  /** Whether a batch is under way. */
  get isBusy(): boolean {
    return this.#isApplying;
  }

  /**
   * Opens the meeting on the handler. Also gives it a router there, after it has lost all of them. Unless somebody `isToBe`
   * there, the meeting stays open there only if the handler has media of it.
   */
  open(isToBe = true): void {
    this.#isToBe ||= isToBe;
    if (this.#opening !== null || this.#isEnding) return;
    this.#control = null;
    const { media, handler: { id } } = this.#init;
    media.handlers.setState(id, "opening");
    // What an earlier controller's run has left there is worth the whole wait for the handler's word.
    if (media.handlers.areAdopted) this.#overdueLater("opening");
    this.#connect();
  }

  /** Sends a batch. Only while `isFree`. */
  apply({ steps, participants }: Batch, trace: string | undefined): void {
    const { context, media, handler: { id: handlerId }, onApplied, onChanged, onTurn } = this.#init;
    const control = this.#control;
    if (control === null) return;
    this.#isApplying = true;
    this.#sent++;
    const body = { ...this.#fence, batch: ++this.#batch, steps: [...steps] };
    void context.pipe(context.ask(control, "apply", body, { trace }), (answer) => {
      this.#isApplying = false;
      this.#sent++;
      let takesMore = false;
      if (answer.ok) {
        if (body.generation === this.#fence.generation) this.#answered = body.batch;
        this.#attempts = 0;
        const { outcomes } = answer.value;
        const applied = media.noteOutcomes({ handlerId, steps, outcomes });
        onApplied(applied);
        onChanged(participants);
        if (applied.isOutdated) this.#inventoryDue();
        takesMore = applied.isFuller || outcomes.some(({ ok }) => ok);
      } else {
        for (const step of steps) media.noteUnknown(step);
        for (const participantId of participants) media.concern(participantId);
        this.#noteFailure(answer.error, control);
      }
      const goOn = () => {
        media.handlers.release(handlerId);
        onTurn();
      };
      // A handler that takes no step now is not asked for the same at once.
      if (takesMore) goOn();
      else context.after(refusedPauseMs, goOn);
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
      return stepResult<N>(applied.value.outcomes[0]);
    });
  }

  /** How many packets the handler has sent to each of these consumers; null if it doesn't say. */
  async sent(consumerIds: readonly string[], message: MessageContext): Promise<PacketCount[] | null> {
    if (this.#control === null) return null;
    const body = { ...this.#fence, consumer_ids: [...consumerIds] };
    const counted = await message.ask(this.#control, "sent", body);
    return counted.ok ? counted.value.sent : null;
  }

  /**
   * The meeting is over: has the handler close everything of it. Where the meeting is being opened, that is waited for: an
   * opened meeting stays on the handler for as long as the link does.
   */
  async end(): Promise<void> {
    this.stop();
    const control = this.#control ?? await (this.#opening ?? this.#openUnknown());
    if (control === null) return;
    const closed = await this.#init.context.ask(control, "close", this.#fence);
    if (!closed.ok) this.#log.info("a handler did not close the meeting", { code: closed.error.code });
  }

  /** Goes on at a higher generation, by opening the meeting anew where it is open. */
  renew(generation: number): void {
    const { media, handler: { id } } = this.#init;
    this.#fence = { ...this.#fence, generation };
    this.#isEnding = false;
    const state = media.handlers.stateOf(id);
    if (state !== undefined && state !== "closed" && state !== "gone") this.open(this.#isToBe);
  }

  /** Sends nothing from now on. */
  stop(): void {
    this.#isEnding = true;
  }

  #connect(): void {
    if (!this.#isEnding) void this.#startOpening();
  }

  /** Opens the meeting where it may be open although nobody knows. */
  #openUnknown(): Promise<ActorRef<typeof MediaControl> | null> | null {
    const { media, handler: { id } } = this.#init;
    const state = media.handlers.stateOf(id);
    return state === "unknown" || state === "overdue" ? this.#startOpening() : null;
  }

  #startOpening(): Promise<ActorRef<typeof MediaControl> | null> {
    const { context, handler, links } = this.#init;
    const fence = this.#fence;
    const opening = openOnHandler(context, { handler, fence, links, routing: context.self });
    return this.#opening = context.pipe(opening, (opened) => {
      this.#opening = null;
      if (fence === this.#fence) this.#noteOpening(opened);
      else this.#connect();
      return opened.kind === "opened" ? opened.control : null;
    });
  }

  #noteOpening(opened: Opening): void {
    if (this.#isEnding) return;
    if (opened.kind === "stale") return this.#init.onFenced();
    if (opened.kind === "opened") return this.#opened(opened.control, opened.inventory);
    if (opened.kind === "gone") return this.#gone("nobody listens there");
    const { context, media, handler: { id }, onTurn } = this.#init;
    const now = context.clock.now();
    if (this.#unknownSinceMs === null) {
      // Another controller's run may have left something there. Nobody new waits for it.
      this.#unknownSinceMs = now;
      this.#log.warn("a media handler did not open the meeting", { reason: opened.reason });
      media.handlers.setState(id, "overdue");
      onTurn();
    }
    if (now - this.#unknownSinceMs >= goneAfterMs) {
      // It may have opened the meeting, and keeps that for as long as the link lives.
      if (opened.control !== undefined) this.#close(opened.control);
      return this.#gone(opened.reason);
    }
    this.#connectLater();
  }

  #opened(control: ActorRef<typeof MediaControl>, inventory: MediaInventory): void {
    const { context, media, handler: { id }, onTurn } = this.#init;
    this.#control = control;
    this.#unknownSinceMs = null;
    // A handler that has begun anew has applied none of the batches.
    this.#answered = inventory.batch;
    context.watch(control, () => this.#disconnected(control));
    this.#adopt(inventory);
    if (!this.#isToBe && inventory.routers.every(({ participants }) => participants.length === 0)) {
      return this.#leave(control);
    }
    media.handlers.setState(id, "open");
    context.after(unknownParticipantsMs, () => {
      media.handlers.concernUnknownParticipants(id);
      onTurn();
    });
    this.#log.info("meeting opened on a media handler", {});
    onTurn();
  }

  #adopt(inventory: MediaInventory): void {
    const { media, handler: { id }, onAdopted } = this.#init;
    onAdopted(media.handlers.adopt(id, inventory));
  }

  /** Closes the empty meeting there. It is opened again when somebody is to be there. */
  #leave(control: ActorRef<typeof MediaControl>): void {
    const { media, handler: { id }, onTurn } = this.#init;
    this.#control = null;
    this.#close(control);
    media.handlers.lose(id);
    media.handlers.setState(id, "closed");
    onTurn();
  }

  #close(control: ActorRef<typeof MediaControl>): void {
    const { context } = this.#init;
    void context.pipe(context.ask(control, "close", this.#fence), (closed) => {
      if (!closed.ok) this.#log.info("a handler did not close the meeting", { code: closed.error.code });
    });
  }

  #connectLater(): void {
    const delayMs = reconnectMs[this.#attempts++] ?? reconnectMs.at(-1) ?? 0;
    if (delayMs === 0) this.#connect();
    else this.#init.context.after(delayMs, () => this.#connect());
  }

  /** This handler's process is gone, and with it everything that it had. */
  #gone(reason: string): void {
    const { context, media, handler: { id }, onLost, onTurn } = this.#init;
    this.#log.warn("the media handler is gone", { reason });
    onLost(media.handlers.lose(id), reason);
    this.#unknownSinceMs = null;
    this.#attempts = 0;
    media.handlers.end(id);
    context.after(roundPauseMs, () => {
      if (media.handlers.stateOf(id) === "gone") media.handlers.setState(id, "closed");
      onTurn();
    });
    onTurn();
  }

  #disconnected(control: ActorRef<typeof MediaControl>): void {
    if (this.#control !== control) return;
    const { context, media, handler: { id } } = this.#init;
    this.#control = null;
    this.#unknownSinceMs = context.clock.now();
    this.#log.warn("the link to the media handler is down", {});
    media.handlers.setState(id, "unknown");
    this.#overdueLater("unknown");
    this.#connectLater();
  }

  /** Nobody new waits for the handler any more if it is in the same state after `overdueAfterMs`. */
  #overdueLater(state: "opening" | "unknown"): void {
    const { context, media, handler: { id }, onTurn } = this.#init;
    this.#cancelOverdue();
    this.#cancelOverdue = context.after(overdueAfterMs, () => {
      if (media.handlers.stateOf(id) !== state) return;
      media.handlers.setState(id, "overdue");
      onTurn();
    });
  }

  /** A failed ask makes this handler's part of actual unknown; `stale_generation` ends the meeting here. */
  #noteFailure({ code, message }: Failure, control: ActorRef<typeof MediaControl>): void {
    if (this.#control !== control) return;
    if (code === "stale_generation") return this.#init.onFenced();
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

  /** Replaces this handler's part of actual by its inventory, and repairs the difference. */
  #reconcile(cause: "period" | "surprise"): void {
    const { context, media, metrics, handler: { id }, onTurn } = this.#init;
    const control = this.#control;
    if (control === null || this.#isApplying || this.#underWay > 0 || !media.hasMedia) return;
    const sent = this.#sent;
    void context.pipe(context.ask(control, "inventory", this.#fence), (inventory) => {
      if (!inventory.ok) return this.#noteFailure(inventory.error, control);
      if (sent !== this.#sent || inventory.value.batch < this.#answered || this.#control !== control) return;
      // In a quiet meeting nothing else shows that the link holds: the next loss is a first one again.
      this.#attempts = 0;
      this.#adopt(inventory.value);
      const repairs = media.peek(id);
      metrics.reconciliations.add({ repaired: repairs > 0 ? "yes" : "no" });
      if (repairs > 0) metrics.mediaRepairs.add({ cause }, repairs);
      onTurn();
    });
  }
}
