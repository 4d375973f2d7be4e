import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import type { EndingReason, MeetingSettings } from "../../shared/protocol/mod.ts";
import type { Audience } from "./audience.ts";
import { type Ending, type Lifetime, lifetimeStep, withHost } from "./lifetime.ts";
import { type Change, isHostIn, type Meeting } from "./meeting.ts";

export interface LifetimeWatchInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  readonly meeting: Meeting;
  readonly audience: Audience;
  /** As they are now. */
  readonly settings: () => MeetingSettings;
  /** Keeps the lifetime with the meeting. */
  readonly keep: (lifetime: Lifetime) => void;
  /** The meeting's time is up. Called again after a while for as long as the meeting goes on. */
  readonly onDue: (reason: EndingReason) => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** An end that could not be had is tried again. */
const RETRY_MS = 5_000;

/**
 * Ends a meeting after its maximum duration, and some minutes after its last host left, and announces both to those
 * inside. Part of the meeting's state.
 */
export class LifetimeWatch {
  readonly #init: LifetimeWatchInit;
  #wasHostIn: boolean;
  #announced: Ending | null = null;
  #cancel = () => {};

  constructor(init: LifetimeWatchInit) {
    this.#init = init;
    this.#wasHostIn = isHostIn(init.meeting);
  }

  /** After changes of the meeting. Whoever has come in learns of an end that the others know of. */
  changed(changes: readonly Change[]): void {
    if (changes.some(({ change }) => CONCERN_HOSTS.has(change))) this.look();
    const announced = this.#announced;
    if (announced === null) return;
    for (const change of changes) {
      if (change.change !== "presence" || change.state !== "joined") continue;
      this.#tell([change.participantId], announced.reason, announced.atMs);
    }
  }

  /** Looks at the meeting, its settings and the clock. */
  look(): void {
    const { meeting, settings, keep, onDue, now, context } = this.#init;
    const hosts = { isHostIn: isHostIn(meeting), wasHostIn: this.#wasHostIn };
    const lifetime = withHost(meeting.lifetime, hosts, now());
    this.#wasHostIn = hosts.isHostIn;
    if (lifetime !== meeting.lifetime) keep(lifetime);
    const { due, announced, wakeInMs } = lifetimeStep(lifetime, settings(), now());
    this.#cancel();
    this.#announce(announced);
    if (due !== null) onDue(due.reason);
    const againMs = due === null ? wakeInMs : RETRY_MS;
    if (againMs !== null) this.#cancel = context.after(againMs, () => this.look());
  }

  end(): void {
    this.#cancel();
  }

  #announce(ending: Ending | null): void {
    const before = this.#announced;
    if (before?.reason === ending?.reason && before?.atMs === ending?.atMs) return;
    this.#announced = ending;
    if (ending !== null) this.#tell("everyone in passing", ending.reason, ending.atMs);
    else if (before !== null) this.#tell("everyone in passing", before.reason, null);
  }

  #tell(to: "everyone in passing" | readonly string[], reason: EndingReason, atMs: number | null): void {
    const at = atMs === null ? null : new Date(atMs).toISOString();
    this.#init.audience.tell(this.#init.meeting, { to, type: "meeting.ending", data: { reason, at } });
  }
}

/** Changes by which the first host may come in, or the last one leave. */
const CONCERN_HOSTS: ReadonlySet<Change["change"]> = new Set(["attendee", "attendee.gone", "role"]);
