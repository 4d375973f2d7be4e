import {
  type ActorContext,
  fail,
  Failure,
  type Later,
  later,
  type Protocol,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Audience } from "./audience.ts";
import type { Decision, Effect } from "./decision.ts";
import { applyChange, type Change, isStored, type Meeting } from "./meeting.ts";
import type { SnapshotWriter } from "./snapshot_writer.ts";

export interface ConductInit {
  readonly context: Pick<ActorContext<Protocol>, "after">;
  readonly meeting: Meeting;
  readonly audience: Audience;
  readonly writer: SnapshotWriter;
  readonly onEffect: (effect: Effect) => void;
  /** Called after changes and notices, with what was changed. */
  readonly onChanged: (changes: readonly Change[]) => void;
}

/** An answer. `durable: false`: what it tells holds, and is not stored yet. */
export type Lasting<T> = T & { readonly durable?: false };

/** An answer waits no longer than this for the live store: a meeting goes on while the store is away. */
const storePatienceMs = 1_000;

/** Carries out decisions: changes the meeting, sends the notices, and answers once the changes are stored. */
export class Conduct {
  readonly #init: ConductInit;

  constructor(init: ConductInit) {
    this.#init = init;
  }

  /** Resolves with whether the changes were stored; null where no change belongs to the snapshot. */
  carryOut({ changes = [], notices = [], effects = [] }: Decision<unknown>): Promise<boolean> | null {
    const { meeting, audience, onEffect, onChanged } = this.#init;
    for (const change of changes) applyChange(meeting, change);
    for (const notice of notices) audience.tell(meeting, notice);
    for (const effect of effects) onEffect(effect);
    if (changes.length > 0) onChanged(changes);
    return this.#store(changes);
  }

  #store(changes: readonly Change[]): Promise<boolean> | null {
    const { meeting, writer } = this.#init;
    let stored: Promise<boolean> | null = null;
    for (const change of changes) {
      if (change.change === "chat") {
        stored = writer.said({ number: meeting.messages, message: JSON.stringify(change.message) });
      } else if (isStored(change)) stored = writer.changed();
    }
    return stored;
  }

  /** Carries out a decision, and answers it once its changes are stored, or after `storePatienceMs` as not durable. */
  run<T extends object, C extends string>(
    decided: Decision<T> | Failure<C>,
  ): T | Failure<C> | Later<Lasting<T>> {
    if (decided instanceof Failure) return decided;
    const { answer } = decided;
    const stored = this.carryOut(decided);
    if (stored === null) return answer;
    return later(
      this.withinPatience(stored).then((isDone) => isDone ? answer : { ...answer, durable: false }),
    );
  }

  /** Carries out a decision that has to be stored: where it can't be, the answer is the failure `otherwise`. */
  runStored<C extends string>(
    decided: Decision | Failure<C>,
    otherwise: string,
  ): Failure<C> | Later<void | Failure<"unavailable">> {
    if (decided instanceof Failure) return decided;
    const stored = this.carryOut(decided) ?? this.#init.writer.changed();
    return later(stored.then((isDone) => isDone ? undefined : fail("unavailable", otherwise)));
  }

  /** Whether a write succeeds, as far as that is known after `storePatienceMs`. */
  async withinPatience(stored: Promise<boolean>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#init.context.after(storePatienceMs, () => late.resolve(false));
    const isDone = await Promise.race([stored, late.promise]);
    cancel();
    if (!isDone) logger("meeting").warn("answered before it was stored", {});
    return isDone;
  }
}
