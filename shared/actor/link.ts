import type { AskLetter, Letter } from "./letter.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef, EndReason, Lineage, TellOutcome } from "./ref.ts";
import { type RawRef, rawRef } from "./ref_of.ts";
import { actorFailureCodes, Failure } from "./result.ts";
import { type Answer, type Envelope, type Frame, maxChain, maxErrorLength } from "./wire.ts";

/** Carries frames to the other isolate. Throws when one of them can't be carried (a body that can't be cloned). */
export type Transport = (frames: readonly Frame[], transfer: Transferable[]) => void;

/** The outcome of a posted letter. `refused`: it was not handled; `lost`: it may have been handled. */
export type PostOutcome = "ok" | "failed" | "crashed" | "refused" | "lost";

/** The callbacks of a posted letter. */
export interface PostEvents {
  /** The letter's deadline has passed, and the other side may still be handling it. */
  readonly expired: () => void;
  /** Whether a letter counts as done at its deadline, because the other side may never report it as done. */
  readonly freesAtDeadline: boolean;
  /** The other side has handled the letter, or refused it, or the link has ended. */
  readonly done: (outcome: PostOutcome) => void;
}

interface Posted {
  readonly letter: Letter;
  readonly protocol: Protocol;
  readonly events: PostEvents;
}

/** An actor that is exposed to the other side, with the counts of the other side's messages under way. */
interface Exposed {
  readonly ref: RawRef;
  /** Tells that wait for room in its mailbox. */
  waiting: number;
  /** Asks that are not answered yet. */
  unanswered: number;
}

/**
 * The most messages that the other side may have under way with one actor. A sender that keeps its window has at most
 * 64 (`postWindow`), and one more for each ask whose deadline passed in the same turn. Further messages are refused.
 */
const maxWaiting = 64;
const maxUnanswered = 256;
const maxWatches = 1_024;
const maxNames = 1_024;

interface Outgoing {
  readonly frame: Frame;
  readonly transfer: readonly Transferable[] | undefined;
}

/**
 * One connection between two isolates, in both directions: exposes local actors by name, posts letters to the other
 * side's, and settles every letter that is under way when it closes (rule A4). Frames of one turn travel together.
 */
export class Link {
  readonly #transport: Transport;
  readonly #exposed = new Map<string, Exposed>();
  readonly #posted = new Map<number, Posted>();
  readonly #serving = new Map<number, { letter: AskLetter | null }>();
  readonly #watching = new Map<number, (reason: EndReason) => void>();
  readonly #ids = new Map<string, string>();
  readonly #onClose = new Set<() => void>();
  #outgoing: Outgoing[] = [];
  #watches = 0;
  #lastId = 0;
  #closed = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Lets the other side ask and tell `ref` under `name`. */
  expose<P extends Protocol>(name: string, ref: ActorRef<P>): void {
    this.#exposed.set(name, { ref: rawRef(ref), waiting: 0, unanswered: 0 });
    this.#send({ t: "exposed", name, id: ref.id });
  }

  /** The id of the actor that the other side exposes as `name`; `undefined` until it has said so. */
  idOf(name: string): string | undefined {
    return this.#ids.get(name);
  }

  onClose(listener: () => void): void {
    if (this.#closed) queueMicrotask(listener);
    else this.#onClose.add(listener);
  }

  /** Posts a letter to the actor that the other side exposes as `to`. `remainingMs` may be `Infinity`. */
  post(to: string, protocol: Protocol, letter: Letter, remainingMs: number, events: PostEvents): void {
    const id = ++this.#lastId;
    this.#posted.set(id, { letter, protocol, events });
    if (letter.isAsk) {
      letter.onExpired = () => {
        this.#send({ t: "cancel", id });
        events.expired();
        if (events.freesAtDeadline) this.#forget(id);
      };
    }
    const { chain, trace } = letter.lineage;
    this.#send({
      t: "msg",
      id,
      to,
      kind: letter.name,
      body: letter.body,
      deadline: remainingMs === Infinity ? null : Math.max(0, remainingMs),
      chain: chain.length === 0 ? undefined : chain.slice(-maxChain),
      trace,
    }, letter.transfer);
  }

  /** Asks to be told when the actor that the other side exposes as `to` has come to its end. */
  watch(to: string, listener: (reason: EndReason) => void): void {
    const id = ++this.#lastId;
    this.#watching.set(id, listener);
    this.#send({ t: "watch", id, to });
  }

  /** Takes in what the other side sent; the caller has checked its form. */
  receive(frames: readonly Frame[]): void {
    if (this.#closed) return;
    for (const frame of frames) {
      if (frame.t === "done") this.#settle(frame);
      else if (frame.t === "msg") void this.#serve(frame);
      else if (frame.t === "cancel") this.#serving.get(frame.id)?.letter?.handleEvent();
      else if (frame.t === "watch") this.#watchFor(frame.to, frame.id);
      else if (frame.t === "exposed") this.#learn(frame.name, frame.id);
      else {
        this.#watching.get(frame.id)?.(frame.reason);
        this.#watching.delete(frame.id);
      }
    }
  }

  /** Ends the link: letters under way fail with `code`, and handlers for the other side are aborted. */
  close(code: "crashed" | "unreachable" | "stopped"): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { letter } of this.#serving.values()) letter?.handleEvent();
    const posted = [...this.#posted.values()];
    this.#posted.clear();
    for (const { letter, events } of posted) {
      if (letter.isAsk) letter.onExpired = null;
      letter.expire(code, `The link went down before "${letter.name}" was answered.`);
      events.done("lost");
    }
    for (const listener of this.#onClose) listener();
  }

  #watchFor(to: string, id: number): void {
    const ref = this.#exposed.get(to)?.ref;
    if (ref === undefined) return this.#send({ t: "ended", id, reason: "stopped" });
    if (++this.#watches > maxWatches) return this.#send({ t: "ended", id, reason: "unreachable" });
    this.#onClose.add(ref.watch((reason) => this.#send({ t: "ended", id, reason })));
  }

  async #serve({ id, to, kind, body, deadline, chain = [], trace }: Envelope): Promise<void> {
    const refuse = (code: string, message: string, details?: unknown) =>
      this.#send({ t: "done", id, error: { code, message: message.slice(0, maxErrorLength), details } });
    const exposed = this.#exposed.get(to);
    if (exposed === undefined) return refuse("stopped", `There is no "${to}" here.`);
    const { ref } = exposed;
    const spec = Object.hasOwn(ref.protocol, kind) ? ref.protocol[kind] : undefined;
    const parsed = spec?.input.safeParse(body);
    if (!parsed?.success) {
      return refuse("invalid", `"${kind}" with this body is not in the protocol of "${to}".`);
    }
    if (spec?.kind === "tell") {
      const outcome = await this.#offer(exposed, kind, parsed.data, { chain, trace });
      return outcome === "accepted"
        ? this.#send({ t: "done", id })
        : refuse(outcome, `"${to}" does not take "${kind}" any more.`);
    }
    if (exposed.unanswered >= maxUnanswered || this.#serving.has(id)) {
      return refuse("overloaded", `"${to}" has too much to answer.`);
    }
    const served = { letter: null };
    this.#serving.set(id, served);
    exposed.unanswered++;
    const result = await ref.ask(kind, parsed.data, {
      timeoutMs: deadline ?? Infinity,
      served,
      lineage: { chain, trace },
    });
    this.#serving.delete(id);
    exposed.unanswered--;
    if (result.ok) this.#send({ t: "done", id, value: result.value });
    else {
      const { code, message, details } = result.error;
      refuse(code, message, details);
    }
  }

  /** Lets a tell wait for room, as local senders' offers do, but no more tells than the sender's window may hold. */
  async #offer(exposed: Exposed, kind: string, body: unknown, lineage: Lineage): Promise<TellOutcome> {
    const { ref } = exposed;
    if (exposed.waiting >= maxWaiting) return ref.tell(kind, body);
    exposed.waiting++;
    const outcome = await ref.offer(kind, body, { lineage });
    exposed.waiting--;
    return outcome;
  }

  #learn(name: string, id: string): void {
    if (this.#ids.size < maxNames || this.#ids.has(name)) this.#ids.set(name, id);
  }

  /** The other side no longer waits for that answer. */
  #forget(id: number): void {
    const posted = this.#posted.get(id);
    this.#posted.delete(id);
    posted?.events.done("refused");
  }

  #settle({ id, value, error }: Answer): void {
    const posted = this.#posted.get(id);
    if (posted === undefined) return;
    this.#posted.delete(id);
    const { letter, protocol, events } = posted;
    if (letter.isAsk) {
      letter.onExpired = null;
      if (error === undefined) settleWith(letter, protocol, value);
      else refuseWith(letter, protocol, error);
    }
    events.done(outcomeOf(protocol[letter.name], error?.code));
  }

  #send(frame: Frame, transfer?: readonly Transferable[]): void {
    if (this.#closed) return;
    if (this.#outgoing.push({ frame, transfer }) === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    if (this.#closed) return;
    let together: Outgoing[] = [];
    for (const one of outgoing) {
      if (one.transfer === undefined) together.push(one);
      else {
        // A buffer is gone even where a frame beside it can't be carried.
        this.#carryTogether(together);
        this.#carryAlone(one);
        together = [];
      }
    }
    this.#carryTogether(together);
  }

  #carryTogether(outgoing: readonly Outgoing[]): void {
    if (outgoing.length === 0) return;
    try {
      this.#carry(outgoing);
    } catch {
      // One of the frames can't be carried. Each is sent alone, so that the others arrive.
      for (const one of outgoing) this.#carryAlone(one);
    }
  }

  #carry(outgoing: readonly Outgoing[]): void {
    this.#transport(outgoing.map(({ frame }) => frame), outgoing.flatMap(({ transfer }) => transfer ?? []));
  }

  #carryAlone(one: Outgoing): void {
    try {
      this.#carry([one]);
    } catch (thrown) {
      const { frame } = one;
      const text = `It can't be carried: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
      const error = { code: "invalid", message: text.slice(0, maxErrorLength) };
      if (frame.t === "msg") this.#settle({ t: "done", id: frame.id, error });
      else if (frame.t === "done") this.#send({ t: "done", id: frame.id, error });
    }
  }
}

function outcomeOf(spec: Protocol[string] | undefined, code: string | undefined): PostOutcome {
  if (code === undefined) return "ok";
  if (code === "crashed") return "crashed";
  return spec?.kind === "ask" && spec.errors.includes(code) ? "failed" : "refused";
}

function settleWith(letter: AskLetter, protocol: Protocol, value: unknown): void {
  const spec = protocol[letter.name];
  const parsed = spec?.kind === "ask" ? spec.output.safeParse(value) : undefined;
  if (parsed?.success) letter.settle({ ok: true, value: parsed.data });
  else letter.fail("invalid", `The answer to "${letter.name}" doesn't match the protocol.`);
}

function refuseWith(letter: AskLetter, protocol: Protocol, error: NonNullable<Answer["error"]>): void {
  const { code, message, details } = error;
  const spec = protocol[letter.name];
  const known = spec?.kind === "ask" && [...spec.errors, ...actorFailureCodes].includes(code);
  if (known) letter.settle({ ok: false, error: new Failure(code, message, details) });
  else letter.fail("invalid", `The answer's code "${code}" is not in the protocol.`);
}
