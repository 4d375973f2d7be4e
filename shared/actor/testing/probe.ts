import type { Handlers } from "../actor.ts";
import type { ActorContext } from "../context.ts";
import type { Protocol } from "../protocol.ts";
import type { ActorRef } from "../ref.ts";
import { fail } from "../result.ts";
import type { Scope } from "../scope.ts";

/** A message that a probe got. */
export interface Probed {
  readonly name: string;
  readonly body: unknown;
}

/** An actor that records its messages and gives the answers that the test sets. */
export interface Probe<P extends Protocol> {
  readonly ref: ActorRef<P>;
  readonly received: readonly Probed[];
  /** The next message, which came already or is waited for. */
  next(): Promise<Probed>;
  /** Sets the answer to asks of this name. Without one they are refused with `unscripted`. */
  answer(name: keyof P & string, answer: (body: unknown) => unknown): void;
}

export function createProbe<P extends Protocol>(scope: Scope, protocol: P, name = "probe"): Probe<P> {
  const received: Probed[] = [];
  const waiting: ((probed: Probed) => void)[] = [];
  const answers = new Map<string, (body: unknown) => unknown>();
  let read = 0;
  const take = (messageName: string) => (body: unknown) => {
    const probed = { name: messageName, body };
    received.push(probed);
    const reader = waiting.shift();
    if (reader !== undefined) {
      read++;
      reader(probed);
    }
    return answers.has(messageName)
      ? answers.get(messageName)?.(body)
      : fail("unscripted", "The probe has no answer");
  };
  class ProbeActor {
    static readonly protocol = protocol;
    constructor(_init: void, _context: ActorContext<P>) {
      for (const one of Object.keys(protocol)) Object.defineProperty(this, one, { value: take(one) });
    }
  }
  // The handlers are made from the protocol, which the type of the class can't show.
  const type = ProbeActor as unknown as {
    readonly name: string;
    readonly protocol: P;
    new (init: void, context: ActorContext<P>): Handlers<P>;
  };
  return {
    ref: scope.spawn(type, undefined, { name }),
    received,
    next() {
      const probed = received[read];
      if (probed === undefined) return new Promise((resolve) => waiting.push(resolve));
      read++;
      return Promise.resolve(probed);
    },
    answer: (messageName, answer) => void answers.set(messageName, answer),
  };
}
