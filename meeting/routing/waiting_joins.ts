import { type ActorContext, fail, type Failure, type Protocol } from "../../shared/actor/mod.ts";
import type { Attachment } from "./meeting_media.ts";

/** Why there are no transports in time. */
export type Unattached = Failure<"unavailable">;
type Waiting = (attached: Attachment | Unattached) => void;

/** Joins and resumes that wait for their transports, by participant. Part of the routing's state. */
export class WaitingJoins {
  readonly #context: Pick<ActorContext<Protocol>, "after">;
  readonly #waiting = new Map<string, Waiting>();

  constructor(context: Pick<ActorContext<Protocol>, "after">) {
    this.#context = context;
  }

  /** Waits for a participant's transports. `onLate` is called if nothing has ended the wait after `patienceMs`. */
  wait(participantId: string, patienceMs: number, onLate: () => void): Promise<Attachment | Unattached> {
    const { promise, resolve } = Promise.withResolvers<Attachment | Unattached>();
    const cancel = this.#context.after(patienceMs, onLate);
    this.#waiting.set(participantId, (attached) => {
      cancel();
      this.#waiting.delete(participantId);
      resolve(attached);
    });
    return promise;
  }

  /** Ends a participant's wait. Answers false if they wait for nothing. */
  settle(participantId: string, attachment: Attachment): boolean {
    const waiting = this.#waiting.get(participantId);
    waiting?.(attachment);
    return waiting !== undefined;
  }

  /** Ends a participant's wait, if they wait, without transports. */
  refuse(participantId: string, reason: string): void {
    this.#waiting.get(participantId)?.(fail("unavailable", reason));
  }
}
