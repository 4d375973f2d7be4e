import type { ActorContext, ActorRef, Failure, Protocol } from "../../shared/actor/mod.ts";
import { logger, logUntold } from "../../shared/log/mod.ts";
import { notificationFrame } from "../../shared/protocol/mod.ts";
import type { Upstream } from "../platform/upstream.ts";
import type { Audience } from "./audience.ts";
import type { Meeting } from "./meeting.ts";
import type { Rebinding } from "./meeting_state_protocol.ts";
import { isOver } from "./presence.ts";
import type { SnapshotWriter } from "./snapshot_writer.ts";

export interface MigrationInit {
  readonly context: Pick<ActorContext<Protocol>, "ask" | "after" | "pipe">;
  readonly meetingId: string;
  readonly meeting: Meeting;
  readonly audience: Audience;
  readonly handBinding: (rebinding: Rebinding) => void;
  readonly writer: SnapshotWriter;
  readonly upstream: ActorRef<typeof Upstream>;
  /**
   * Goes on with the meeting here, if need be with a lease of a new term. `lost`: another controller has it. `undecided`:
   * the store or GC does not say.
   */
  readonly takeBack: () => Promise<"stays" | "undecided" | "lost">;
  /** The other controller has the meeting. */
  readonly onMoved: () => void;
  /** Everybody has gone there, or has had the time to. */
  readonly onGone: () => void;
  /** A third controller has the meeting. */
  readonly onFenced: () => void;
}

/** What became of a hand-over. */
type HandOver = { readonly moved: string } | "stays" | "lost";
/**
 * Whether another controller has the meeting now. `stayed`: it goes on here, until another one takes it. `vacant`: so it
 * does, and nobody is connected who would miss it.
 */
export type Migrated = "moved" | "stayed" | "vacant";

/** The time limit for the fresh tokens, for the requests under way, for the write, and for requests when it is taken back. */
const patienceMs = 1_000;
const handOverMs = 3_000;
/** How long a client has to follow a meeting that has moved. */
const movedMs = 2_000;
/** The pause before the meeting is taken back again. */
const againMs = 1_000;

/**
 * Hands a meeting over to another controller: its participants get fresh tokens and bindings, their requests wait, what
 * they have changed is stored, and then GC has another controller open the meeting. Part of the meeting's state.
 */
export class Migration {
  readonly #init: MigrationInit;
  #isUnderWay = false;
  #isHolding = false;
  #isFenced = false;
  /** Who was given a fresh token, and a binding, by an earlier try: a silent client would lose the one that it has. */
  readonly #given = new Set<string>();
  /** Resolved once nobody is connected any more. */
  #gone = Promise.withResolvers<void>();

  constructor(init: MigrationInit) {
    this.#init = init;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Whether requests wait for the outcome, and nobody is let in. */
  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** Answers what became of the hand-over; of a meeting that has moved, once its connections are gone. */
  async run(): Promise<Migrated | Failure<"over">> {
    if (this.#isUnderWay) return "stayed";
    this.#isUnderWay = this.#isHolding = true;
    this.#isFenced = false;
    const { context } = this.#init;
    // A promise that a turn returns is awaited in the turn. Wrapped in an object it is not, so the meeting goes on meanwhile.
    const { moved } = await context.pipe(this.#handOver(), (outcome) => ({ moved: this.#settle(outcome) }));
    return await moved;
  }

  /**
   * During a hand-over a fence may only show that the other controller has opened the meeting, or that the lease was taken
   * back. The hand-over's outcome decides.
   */
  holdsBackFence(): boolean {
    this.#isFenced ||= this.#isUnderWay;
    return this.#isUnderWay;
  }

  /** A connection is gone. */
  left(): void {
    if (this.#init.audience.connected.length === 0) this.#gone.resolve();
  }

  async #settle(outcome: HandOver): Promise<Migrated | Failure<"over">> {
    const { context, audience, onMoved, onGone, onFenced } = this.#init;
    this.#isUnderWay = false;
    if (outcome === "lost") {
      onFenced();
      return isOver();
    }
    if (outcome === "stays") {
      this.#release();
      return audience.connected.length === 0 ? "vacant" : "stayed";
    }
    const frame = notificationFrame("session.migrate", { signaling_url: outcome.moved });
    for (const client of audience.connected) logUntold(client.tell("migrate", frame), "a meeting has moved");
    onMoved();
    this.#gone = Promise.withResolvers();
    this.left();
    context.after(movedMs, () => this.#gone.resolve());
    await context.pipe(this.#gone.promise, onGone);
    return "moved";
  }

  async #handOver(): Promise<HandOver> {
    const { context, meetingId, upstream, writer } = this.#init;
    const tokens = await this.#freshTokens();
    const { held } = await context.pipe(Promise.resolve(), () => this.#hold(tokens));
    await held;
    const { stored } = await context.pipe(Promise.resolve(), () => ({ stored: writer.changed() }));
    const isStored = await Promise.race([stored, this.#late()]);
    // The other controller would open what is stored.
    if (!isStored) return this.#isFenced ? "lost" : "stays";
    const timeoutMs = handOverMs;
    const moved = await context.ask(upstream, "handOver", { meeting_id: meetingId }, { timeoutMs });
    if (moved.ok) return { moved: moved.value.signaling_url };
    const { code, message } = moved.error;
    logger("meeting").warn("a meeting could not be handed over", { meeting_id: meetingId, code, message });
    return await this.#takeBack();
  }

  /** Requests don't wait for long: until it is said whose the meeting is it goes on here, and what changes is not stored. */
  async #takeBack(): Promise<"stays" | "lost"> {
    const { context, takeBack } = this.#init;
    const cancel = context.after(patienceMs, () => this.#release());
    for (;;) {
      const outcome = await takeBack();
      if (outcome !== "undecided") {
        cancel();
        return outcome;
      }
      await new Promise<void>((again) => void context.after(againMs, again));
    }
  }

  #release(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    for (const client of this.#init.audience.connected) {
      logUntold(client.tell("release", undefined), "released");
    }
  }

  #hold(tokens: readonly Rebinding[]): { held: Promise<unknown> } {
    const { context, audience, handBinding } = this.#init;
    for (const token of tokens) {
      this.#given.add(token.participantId);
      handBinding(token);
    }
    const held = audience.connected.map((client) =>
      context.ask(client, "hold", undefined, { timeoutMs: patienceMs })
    );
    return { held: Promise.all(held) };
  }

  /** Tokens of full life. Somebody who gets none has one that is good for a ticket. */
  async #freshTokens(): Promise<Rebinding[]> {
    const { context, meeting, meetingId: meeting_id, audience, upstream } = this.#init;
    const connected = [...meeting.attendees.values()].filter(({ participantId }) =>
      audience.of(participantId) !== undefined && !this.#given.has(participantId)
    );
    const tokens = await Promise.all(connected.map(async ({ participantId, sub }) => {
      const given = await context.ask(upstream, "meetingToken", { meeting_id, sub }, {
        timeoutMs: patienceMs,
      });
      return given.ok ? [{ participantId, ...given.value }] : [];
    }));
    return tokens.flat();
  }

  #late(): Promise<false> {
    return new Promise((resolve) => void this.#init.context.after(patienceMs, () => resolve(false)));
  }
}
