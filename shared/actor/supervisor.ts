import type { Runtime } from "./runtime.ts";
import { RestartBudget, type SupervisionPolicy } from "./supervision.ts";

/** `one-for-one`: only the failed child restarts; `all-for-one`: its siblings restart with it. */
export type Grouping = "one-for-one" | "all-for-one";

/** An actor as its supervisor sees it. */
export interface Child {
  readonly id: string;
  readonly path: string;
  readonly type: string;
  /** Whether it has a thread of its own. */
  readonly isWorker: boolean;
  describe(): Description;
  /** Goes on after a failure that is ignored; false when there is no object that could. */
  resume(): boolean;
  /** Ends this life now and begins the next after `delayMs`. */
  restart(delayMs: number): void;
  /** Closes the intake, drains up to `deadlineMs`, cuts off. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends at once: the mailbox is settled, nothing more is handled. */
  terminate(reason: "stopped" | "crashed"): Promise<void>;
}

/** A node of the printed tree. */
export interface Description {
  readonly path: string;
  readonly type: string;
  readonly state: string;
  readonly depth: number;
  readonly restarts: number;
  readonly children: readonly Description[];
}

/** Starts, restarts and stops the children of one parent. */
export class Supervisor {
  readonly #runtime: Runtime;
  readonly #grouping: Grouping;
  readonly #escalate: (error: unknown, child: Child) => void;
  readonly #children = new Map<Child, RestartBudget>();

  constructor(runtime: Runtime, grouping: Grouping, escalate: (error: unknown, child: Child) => void) {
    this.#runtime = runtime;
    this.#grouping = grouping;
    this.#escalate = escalate;
  }

  add(child: Child, policy: SupervisionPolicy): void {
    this.#children.set(child, new RestartBudget(policy, this.#runtime.random));
  }

  remove(child: Child): void {
    this.#children.delete(child);
  }

  find(id: string): Child | undefined {
    for (const child of this.#children.keys()) if (child.id === id) return child;
    return undefined;
  }

  failed(child: Child, error: unknown, message: string | undefined): void {
    this.#runtime.crashed({ path: child.path, type: child.type, message, error });
    const budget = this.#children.get(child);
    if (budget === undefined) return;
    switch (budget.policy.directive) {
      case "ignore":
        return child.resume() ? undefined : this.#restart(child, budget, error);
      case "stop":
        return void child.terminate("crashed");
      case "escalate":
        return this.#giveUp(child, error);
      case "restart":
        return this.#restart(child, budget, error);
    }
  }

  /** Stops all children one by one, newest first (rule A9). */
  async stopAll(deadlineMs: number): Promise<void> {
    const endMs = this.#runtime.clock.now() + deadlineMs;
    for (const child of [...this.#children.keys()].reverse()) {
      await child.stop(Math.max(0, endMs - this.#runtime.clock.now()));
    }
  }

  async terminateAll(): Promise<void> {
    await Promise.all([...this.#children.keys()].reverse().map((child) => child.terminate("stopped")));
  }

  describe(): Description[] {
    return [...this.#children.keys()].map((child) => child.describe());
  }

  #restart(child: Child, budget: RestartBudget, error: unknown): void {
    const delayMs = budget.spend(this.#runtime.clock.now());
    if (delayMs === null || (child.isWorker && this.#runtime.tooManyLost)) return this.#giveUp(child, error);
    const group = this.#grouping === "all-for-one" ? this.#children.keys() : [child];
    for (const member of group) {
      this.#runtime.statsOf(member.type).restarts[member === child ? "crash" : "sibling"]++;
      member.restart(delayMs);
    }
  }

  #giveUp(child: Child, error: unknown): void {
    void child.terminate("crashed");
    this.#escalate(error, child);
  }
}
