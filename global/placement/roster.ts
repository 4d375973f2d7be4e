import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import type { ControllerEntry, HandlerEntry, LiveStore } from "../../shared/store/live/mod.ts";
import type { Silence } from "./silence.ts";

type Kind = "controller" | "handler";

/** The processes of one kind, at one moment. */
export interface Present<T> {
  /** Those whose heartbeats come: they can be given something new. */
  readonly heard: readonly T[];
  /** Those of them whose heartbeats are late. */
  readonly late: readonly T[];
  /** Those too that are silent, but don't count as gone yet. */
  readonly present: readonly T[];
  readonly all: readonly T[];
}

export interface View {
  readonly controllers: Present<ControllerEntry>;
  readonly handlers: Present<HandlerEntry>;
}

type Heartbeat = Pick<ControllerEntry, "state" | "load" | "heartbeat_ms">;

interface RosterOptions {
  readonly registrations: LiveStore["registrations"];
  readonly silence: Silence;
  readonly context: Pick<ActorContext<Protocol>, "clock" | "ask" | "pipe">;
}

interface Entries {
  readonly controllers: readonly ControllerEntry[];
  readonly handlers: readonly HandlerEntry[];
}

const MAX_AGE_MS = 250;

/**
 * What the registry remembers of the live store's registrations, so that not every join reads them all. Part of the
 * registry actor's state: it changes in that actor's turns alone.
 */
export class Roster {
  readonly #options: RosterOptions;
  #kept: Entries | undefined;
  #keptAt = -Infinity;
  /** The read that is under way; whoever wants to know meanwhile waits for it. */
  #reading: Promise<Entries | undefined> | undefined;
  #storeIsAway = false;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Who is there, at most a quarter of a second old; `undefined` while the live store doesn't answer. */
  async view(): Promise<View | undefined> {
    const { clock } = this.#options.context;
    const isFresh = this.#kept !== undefined && clock.now() - this.#keptAt <= MAX_AGE_MS;
    const entries = isFresh ? this.#kept : await (this.#reading ??= this.#read());
    return entries === undefined
      ? undefined
      : { controllers: this.#judge(entries.controllers), handlers: this.#judge(entries.handlers) };
  }

  /** Who is there now. */
  async freshView(): Promise<View | undefined> {
    await this.#options.context.pipe(Promise.resolve(), () => this.forget());
    return await this.view();
  }

  /** The next view is read anew. */
  forget(): void {
    this.#keptAt = -Infinity;
    this.#reading = undefined;
  }

  /** A registration as it was last read, however long ago. */
  find(kind: Kind, id: string): ControllerEntry | HandlerEntry | undefined {
    const entries = kind === "controller" ? this.#kept?.controllers : this.#kept?.handlers;
    return entries?.find((entry) => entry.id === id);
  }

  /** What this GC has just written of a process need not be read again. */
  noteHeartbeat(kind: Kind, id: string, beat: Heartbeat): void {
    if (this.#kept === undefined) return;
    const update = <T extends ControllerEntry | HandlerEntry>(entries: readonly T[]) =>
      entries.map((entry) => entry.id === id ? { ...entry, ...beat } : entry);
    const { controllers, handlers } = this.#kept;
    this.#kept = kind === "controller"
      ? { controllers: update(controllers), handlers }
      : { controllers, handlers: update(handlers) };
  }

  /** Whether the live store answered. After its return nobody counts as gone until they could be heard again. */
  noteStore(answers: boolean): void {
    if (answers && this.#storeIsAway) this.#options.silence.startAnew();
    this.#storeIsAway = !answers;
  }

  #read(): Promise<Entries | undefined> {
    const { context, registrations } = this.#options;
    const asked = Promise.all([
      context.ask(registrations, "controllers", undefined),
      context.ask(registrations, "handlers", undefined),
    ]);
    const reading = context.pipe(asked, ([controllers, handlers]) => {
      const isCurrent = this.#reading === reading;
      if (isCurrent) this.#reading = undefined;
      this.noteStore(controllers.ok && handlers.ok);
      if (!controllers.ok || !handlers.ok) return undefined;
      const entries = { controllers: controllers.value, handlers: handlers.value };
      if (!isCurrent) return entries;
      this.#kept = entries;
      this.#keptAt = context.clock.now();
      return entries;
    });
    return reading;
  }

  #judge<T extends ControllerEntry | HandlerEntry>(all: readonly T[]): Present<T> {
    const { silence } = this.#options;
    const heard = all.filter((entry) => silence.isHeard(entry));
    return {
      heard,
      late: heard.filter((entry) => silence.isLate(entry)),
      present: all.filter((entry) => !silence.isGone(entry)),
      all,
    };
  }
}
