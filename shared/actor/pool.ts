import type { ActorClass } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { AskName, Body, Outcome, Protocol, TellName } from "./protocol.ts";
import type { ActorRef, Address, AskOptions, TellOutcome } from "./ref.ts";
import { rawRef } from "./ref_of.ts";
import type { SpawnOptions } from "./scope.ts";
import { defaultPolicy, RestartBudget } from "./supervision.ts";

/** How a pool picks the member for a message without a key. */
export type PoolRouting = "round-robin" | "least-loaded";

export interface PoolOptions extends SpawnOptions {
  readonly size: number;
  readonly routing?: PoolRouting;
}

/** The owner of a pool: a scope, or an actor's context. */
export interface PoolParent {
  /** Whether its end has begun, so that members are not replaced. */
  readonly stopping: boolean;
  readonly clock: Clock;
  spawn<P extends Protocol, I>(type: ActorClass<P, I>, init: NoInfer<I>, options?: SpawnOptions): ActorRef<P>;
  stopChild(child: Address): Promise<void>;
}

interface Member<P extends Protocol> {
  /** The member's places on the ring of keys. */
  readonly name: string;
  /** The budget of the member's replacements. */
  readonly budget: RestartBudget;
  ref: ActorRef<P>;
  gone: boolean;
}

interface Place<P extends Protocol> {
  readonly hash: number;
  readonly member: Member<P>;
}

const placesPerMember = 64;

/**
 * Several actors of one class behind one address (rule A11). By key, the same key goes to the same member while the
 * pool's size stays, and a change of size moves few keys (consistent hashing, Karger et al., 1997). A member that has
 * ended is replaced, in its places. A member that ends too often is replaced when a later message needs it.
 */
export class Pool<P extends Protocol, I> {
  readonly #parent: PoolParent;
  readonly #type: ActorClass<P, I>;
  readonly #init: I;
  readonly #options: PoolOptions;
  #members: Member<P>[] = [];
  #ring: Place<P>[] = [];
  #turn = 0;
  #named = 0;
  #closed = false;

  constructor(parent: PoolParent, type: ActorClass<P, I>, init: I, options: PoolOptions) {
    this.#parent = parent;
    this.#type = type;
    this.#init = init;
    this.#options = options;
    this.#grow(options.size);
  }

  get size(): number {
    return this.#members.length;
  }

  /** A member for one message: in turn, or the one with the shortest queue. */
  pick(): ActorRef<P> {
    const members = this.#members;
    const turn = this.#turn++ % members.length;
    if (this.#options.routing !== "least-loaded") return this.#at(turn);
    let best = this.#at(turn);
    // The search starts at the next member in turn, so that members with equal queues take turns.
    for (let i = 1; i < members.length; i++) {
      const ref = this.#at((turn + i) % members.length);
      if (rawRef(ref).load < rawRef(best).load) best = ref;
    }
    return best;
  }

  /** The member that all messages of a key go to. */
  forKey(key: string): ActorRef<P> {
    const hash = hashOf(key);
    let low = 0;
    let high = this.#ring.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ring[middle]?.hash ?? Infinity) < hash) low = middle + 1;
      else high = middle;
    }
    return this.#refOf(this.#ring[low % this.#ring.length]?.member);
  }

  ask<N extends AskName<P>>(name: N, body: Body<P, N>, options?: AskOptions): Promise<Outcome<P, N>> {
    return this.pick().ask(name, body, options);
  }

  tell<N extends TellName<P>>(name: N, body: Body<P, N>): TellOutcome {
    return this.pick().tell(name, body);
  }

  /** Changes the number of members. Members that are removed finish their messages. Throws a `RangeError` below 1. */
  async resize(size: number): Promise<void> {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`A pool of ${size} members can't be`);
    if (size >= this.size) return this.#grow(size);
    const leaving = this.#members.slice(size);
    this.#members = this.#members.slice(0, size);
    this.#layOut();
    await Promise.all(leaving.map(({ ref }) => this.#parent.stopChild(ref)));
  }

  /** Stops all members. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#members.map(({ ref }) => this.#parent.stopChild(ref)));
  }

  #at(index: number): ActorRef<P> {
    return this.#refOf(this.#members[index]);
  }

  #refOf(member: Member<P> | undefined): ActorRef<P> {
    if (member === undefined) throw new Error("A pool has at least one member");
    if (member.gone) this.#replace(member);
    return member.ref;
  }

  #grow(size: number): void {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`A pool of ${size} members can't be`);
    while (this.#members.length < size) {
      const name = `${this.#options.name ?? this.#type.name} ${this.#named++}`;
      const budget = new RestartBudget(defaultPolicy, () => 0);
      const member = { name, budget, ref: this.#spawn(name), gone: false };
      this.#members.push(member);
      this.#watch(member);
    }
    this.#layOut();
  }

  #spawn(name: string): ActorRef<P> {
    return this.#parent.spawn(this.#type, this.#init, { ...this.#options, name });
  }

  #watch(member: Member<P>): void {
    member.ref.watch(() => {
      member.gone = true;
      this.#replace(member);
    });
  }

  #replace(member: Member<P>): void {
    if (this.#closed || this.#parent.stopping || !this.#members.includes(member)) return;
    if (member.budget.spend(this.#parent.clock.now()) === null) return;
    member.ref = this.#spawn(member.name);
    member.gone = false;
    this.#watch(member);
  }

  #layOut(): void {
    this.#ring = this.#members
      .flatMap((member) =>
        Array.from({ length: placesPerMember }, (_, i) => ({ hash: hashOf(`${member.name}#${i}`), member }))
      )
      .sort((a, b) => a.hash - b.hash);
  }
}

/** FNV-1a, 32 bit, with a final mix: spreads similar keys. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
