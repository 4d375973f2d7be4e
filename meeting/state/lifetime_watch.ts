import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { EndingReason } from "../../shared/protocol/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
import type { Audience } from "./audience.ts";
import type { Conduct } from "./conduct.ts";
import { decision } from "./decision.ts";
import { byClockSet, type Ending, endingsOf, lifetimeStep, withHost } from "./lifetime.ts";
import { type Change, isHostKnown, type Meeting } from "./meeting.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";

export interface LifetimeWatchInit extends Pick<MeetingStateInit, "upstream" | "now"> {
  readonly context: Pick<ActorContext<Protocol>, "after" | "ask" | "clock" | "pipe">;
  readonly meeting: Meeting;
  readonly audience: Audience;
  readonly conduct: Conduct;
  /** The meeting's lease as it is now. */
  readonly lease: () => Lease;
  /** Closes the meeting. */
  readonly finish: (reason: string) => void;
}

const WORDS: Readonly<Record<EndingReason, string>> = {
  max_duration: "the meeting's maximum duration is over",
  no_host: "no host was in the meeting any more",
};

/** An end that could not be had is tried again. */
const RETRY_MS = 5_000;
/** So much more or less than passed between two looks shows that the clock was set. */
const CLOCK_STEP_MS = 1_000;

/**
 * Ends a meeting after its maximum duration, and some minutes after its last host left, and announces both to those
 * inside. Part of the meeting's state.
 */
export class LifetimeWatch {
  readonly #init: LifetimeWatchInit;
  #wasHostIn: boolean;
  /** How far the clock was ahead of the time that passes, at the last look. */
  #aheadMs: number;
  #announced: Ending | null = null;
  /** When those inside think that the meeting ends, by the reason: what they were told, and was not called off. */
  readonly #told = new Map<EndingReason, number>();
  #cancel = () => {};

  constructor(init: LifetimeWatchInit) {
    this.#init = init;
    this.#wasHostIn = isHostKnown(init.meeting);
    this.#aheadMs = init.now() - init.context.clock.now();
  }

  /** After changes of the meeting. */
  changed(changes: readonly Change[]): void {
    if (changes.some(({ change }) => CONCERN_HOSTS.has(change))) this.look();
  }

  /** Whoever has come in, or is back over a newer connection, learns of an end that the others know of. */
  entered(participantId: string): void {
    const announced = this.#announced;
    if (announced !== null) this.#tell([participantId], announced.reason, announced.atMs);
  }

  /** Looks if the clock was set. Called now and then: the next controller reads the beginning by the clock of its time. */
  heedClock(): void {
    if (this.#setByMs !== 0) this.look();
  }

  /** Looks at the meeting, its settings and the clock. */
  look(): void {
    const { meeting, lease, conduct, now, context } = this.#init;
    const { settings } = lease().facts.meeting;
    const hosts = { isHostIn: isHostKnown(meeting), wasHostIn: this.#wasHostIn };
    const setByMs = this.#setByMs;
    this.#aheadMs += setByMs;
    const known = setByMs === 0 ? meeting.lifetime : byClockSet(meeting.lifetime, setByMs);
    const lifetime = withHost(known, hosts, now());
    this.#wasHostIn = hosts.isHostIn;
    if (lifetime !== meeting.lifetime) {
      void conduct.carryOut(decision({ changes: [{ change: "lifetime", lifetime }] }));
    }
    const { due, announced, wakeInMs } = lifetimeStep(lifetime, settings, now());
    this.#cancel();
    this.#announce(announced, endingsOf(lifetime, settings));
    if (due !== null) this.#finish(due.reason);
    const againMs = due === null ? wakeInMs : RETRY_MS;
    if (againMs !== null) this.#cancel = context.after(againMs, () => this.look());
  }

  end(): void {
    this.#cancel();
  }

  /** How far the clock was set forward, or back, since the last look; 0 where it wasn't. */
  get #setByMs(): number {
    const { context, now } = this.#init;
    const setByMs = now() - context.clock.now() - this.#aheadMs;
    return Math.abs(setByMs) < CLOCK_STEP_MS ? 0 : setByMs;
  }

  /** While GC can't be told the meeting goes on: GC would let people into it again. */
  #finish(reason: EndingReason): void {
    const { context, upstream, lease, finish } = this.#init;
    const { meeting_id, generation } = lease();
    const told = context.ask(upstream, "endMeeting", { meeting_id, generation });
    void context.pipe(told, (ended) => {
      if (ended.ok) return finish(WORDS[reason]);
      logger("meeting").warn("the meeting's time is up, and the global controller can't be told", {
        meeting_id,
        code: ended.error.code,
      });
    });
  }

  /**
   * Calls off what stands no more before it announces what does: a client that shows one end alone then shows that one. An
   * end that comes before one that was announced leaves that one standing.
   */
  #announce(ending: Ending | null, standing: readonly Ending[]): void {
    this.#announced = ending;
    const gone = this.#told.entries().filter(([reason, atMs]) =>
      reason !== ending?.reason &&
      (ending === null || !standing.some((one) => one.reason === reason && one.atMs === atMs))
    ).map(([reason]) => reason).toArray();
    for (const reason of gone) {
      this.#told.delete(reason);
      this.#tell("everyone in passing", reason, null);
    }
    if (ending === null || (gone.length === 0 && this.#told.get(ending.reason) === ending.atMs)) return;
    this.#told.set(ending.reason, ending.atMs);
    this.#tell("everyone in passing", ending.reason, ending.atMs);
  }

  #tell(to: "everyone in passing" | readonly string[], reason: EndingReason, atMs: number | null): void {
    const at = atMs === null ? null : new Date(atMs).toISOString();
    this.#init.audience.tell(this.#init.meeting, { to, type: "meeting.ending", data: { reason, at } });
  }
}

/** Changes by which the first host may come in, or the last one leave. */
const CONCERN_HOSTS: ReadonlySet<Change["change"]> = new Set([
  "attendee",
  "attendee.gone",
  "presence",
  "role",
]);
