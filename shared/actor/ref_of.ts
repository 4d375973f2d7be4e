import type { Intake } from "./intake.ts";
import type { AskLetter, RawResult } from "./letter.ts";
import type { Protocol } from "./protocol.ts";
import type {
  ActorRef,
  Address,
  AskOptionsWithLineage,
  EndReason,
  OfferOptions,
  TellOutcome,
} from "./ref.ts";

/** The option that a link adds to an ask that it serves: the letter to cancel, at less cost than an `AbortSignal`. */
export interface RawAskOptions extends AskOptionsWithLineage {
  readonly served?: { letter: AskLetter | null };
}

/** A reference without the types of its protocol, for code that carries any message. */
export interface RawRef extends Address {
  readonly protocol: Protocol;
  /** How many messages wait or are under way. */
  readonly load: number;
  ask(name: string, body: unknown, options?: RawAskOptions): Promise<RawResult>;
  tell(name: string, body: unknown): TellOutcome;
  offer(name: string, body: unknown, options?: OfferOptions): Promise<TellOutcome>;
}

/** Makes the reference to an intake. It only has the asking side: a holder can't stop or drain the actor. */
class Ref implements RawRef {
  readonly #intake: Intake;

  constructor(intake: Intake) {
    this.#intake = intake;
  }

  get protocol(): Protocol {
    return this.#intake.protocol;
  }

  get load(): number {
    return this.#intake.load;
  }

  get id(): string {
    return this.#intake.id;
  }

  get path(): string {
    return this.#intake.path;
  }

  ask(name: string, body: unknown, options?: RawAskOptions): Promise<RawResult> {
    return this.#intake.ask(name, body, options);
  }

  tell(name: string, body: unknown): TellOutcome {
    return this.#intake.tell(name, body);
  }

  offer(name: string, body: unknown, options?: OfferOptions): Promise<TellOutcome> {
    return this.#intake.offer(name, body, options);
  }

  watch(listener: (reason: EndReason) => void): () => void {
    return this.#intake.watch(listener);
  }
}

/** Gives a reference the types of its intake's protocol. Only here they are not checked. */
export function refOf<P extends Protocol>(intake: Intake): ActorRef<P> {
  return new Ref(intake) as unknown as ActorRef<P>;
}

/** Removes the types of a reference's protocol. */
export function rawRef<P extends Protocol>(ref: ActorRef<P>): RawRef {
  return ref as unknown as RawRef;
}
