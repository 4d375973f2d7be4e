import type { ActorContext, ActorRef, Protocol } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { Upstream } from "../platform/upstream.ts";
import type { Removal } from "./meeting.ts";

export interface RevocationRecordInit {
  readonly context: Pick<ActorContext<Protocol>, "ask" | "after" | "pipe">;
  readonly meetingId: string;
  readonly live: Pick<LiveStore, "revocations">;
  readonly upstream: ActorRef<typeof Upstream>;
}

const retryMs = 2_000;

/**
 * Has removed subjects' tokens refused: by the doors of all shards and of GC, through the live store, and for good,
 * through GC's database. What was not taken is tried again for as long as the meeting runs. Part of the meeting's state.
 */
export class RevocationRecord {
  readonly #init: RevocationRecordInit;
  #latest: Promise<boolean> = Promise.resolve(true);
  /** By subject, the attempt that was begun last: no other one is tried again. */
  readonly #attempts = new Map<string, symbol>();
  #isOver = false;

  constructor(init: RevocationRecordInit) {
    this.#init = init;
  }

  add(sub: string, removal: Removal): void {
    this.#latest = this.#record(sub, removal);
  }

  /** Whether the removal that was added last is kept everywhere, and the meeting's own write of it succeeded. */
  async stored(write: Promise<boolean> | null): Promise<boolean> {
    const [isRecorded, isWritten] = await Promise.all([this.#latest, write ?? true]);
    return isRecorded && isWritten;
  }

  /** The meeting is over, or not here any more. */
  end(): void {
    this.#isOver = true;
  }

  #record(sub: string, removal: Removal): Promise<boolean> {
    const { context, meetingId, live, upstream } = this.#init;
    const attempt = Symbol(sub);
    this.#attempts.set(sub, attempt);
    const revocation = { meeting_id: meetingId, sub, banned: removal.banned, at_ms: removal.atMs };
    const work = Promise.all([
      context.ask(live.revocations, "revoke", revocation),
      context.ask(upstream, "recordRemoval", revocation),
    ]);
    return context.pipe(work, (outcomes) => {
      const codes = outcomes.flatMap((outcome) => outcome.ok ? [] : [outcome.error.code]);
      if (codes.length === 0) return true;
      logger("meeting").warn("a removal is not stored yet", { meeting_id: meetingId, codes });
      // GC also refuses while it takes nobody, or another controller, for the one that has this meeting.
      context.after(retryMs, () => {
        if (!this.#isOver && this.#attempts.get(sub) === attempt) this.add(sub, removal);
      });
      return false;
    });
  }
}
