import type { ActorClass } from "./actor.ts";
import type { Clock } from "./clock.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef, Address } from "./ref.ts";
import { isolateRuntime, type Runtime } from "./runtime.ts";
import { spawn } from "./spawn.ts";
import type { SupervisionPolicy } from "./supervision.ts";
import { type Description, type Grouping, Supervisor } from "./supervisor.ts";
import type { WorkerHome } from "./worker_home.ts";

export interface SpawnOptions {
  /** The last part of the actor's path; the class's name unless given. */
  readonly name?: string;
  /** The mailbox's bound, 1 to 10,000; 256 unless given (rule A2). */
  readonly capacity?: number;
  readonly policy?: Partial<SupervisionPolicy>;
  /** Which children of this actor restart when one of them fails. */
  readonly grouping?: Grouping;
  /** The Worker to live in; this isolate unless given. */
  readonly home?: WorkerHome;
  /** A handler that goes on this long after its deadline counts as crashed. In-isolate: never, unless given. */
  readonly graceMs?: number;
}

export interface ScopeOptions {
  readonly runtime?: Runtime;
  readonly grouping?: Grouping;
  /** Called when a child's failure escalates to the scope. The child has ended by then. */
  readonly onFailure?: (error: unknown, path: string) => void;
  /** How long the actors may drain when the scope is left, in milliseconds; 5,000 unless given. */
  readonly deadlineMs?: number;
}

/** The root of a tree of actors. Leaving it closes intakes, drains, stops, and settles every ask (rule A18). */
export class Scope implements AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly #runtime: Runtime;
  readonly #deadlineMs: number;
  readonly #forgetRoot: () => void;
  #closing: Promise<void> | null = null;

  constructor(options: ScopeOptions) {
    this.#runtime = options.runtime ?? isolateRuntime;
    this.#deadlineMs = options.deadlineMs ?? 5_000;
    this.supervisor = new Supervisor(
      this.#runtime,
      options.grouping ?? "one-for-one",
      (error, child) => options.onFailure?.(error, child.path),
    );
    this.#forgetRoot = this.#runtime.addRoot(() => this.describe());
  }

  get clock(): Clock {
    return this.#runtime.clock;
  }

  get stopping(): boolean {
    return this.#closing !== null;
  }

  /** Starts an actor. Throws when the scope is closed. */
  spawn<P extends Protocol, I>(
    type: ActorClass<P, I>,
    init: NoInfer<I>,
    options: SpawnOptions = {},
  ): ActorRef<P> {
    if (this.#closing !== null) throw new Error("The scope is closed");
    return spawn(
      { runtime: this.#runtime, parentPath: "", supervisor: this.supervisor, imports: nothingImported },
      type,
      init,
      options,
    );
  }

  /** Stops one actor of this scope, drained up to `deadlineMs` and then cut off. */
  async stopChild(child: Address, deadlineMs: number = this.#deadlineMs): Promise<void> {
    await this.supervisor.find(child.id)?.stop(deadlineMs);
  }

  /** The tree below this scope. */
  describe(): Description[] {
    return this.supervisor.describe();
  }

  close(deadlineMs: number = this.#deadlineMs): Promise<void> {
    this.#closing ??= this.supervisor.stopAll(deadlineMs).then(() => {
      this.#forgetRoot();
      this.#runtime.wheel.rest();
    });
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Opens a scope: `await using scope = createScope();`. */
export function createScope(options: ScopeOptions = {}): Scope {
  return new Scope(options);
}

function nothingImported(name: string): never {
  throw new Error(`There is no imported reference "${name}": this actor doesn't live in a Worker`);
}
