import { z } from "zod";
import {
  type ActorContext,
  ask,
  fail,
  later,
  local,
  type MessageContext,
  protocol,
  type SpawnOptions,
  tell,
} from "../../../shared/actor/mod.ts";
import { arrived, followed, numbered, type World } from "./world.ts";

export const behaviours = [
  "answer",
  "refuse",
  "wait",
  "crash",
  "crash later",
  "forward",
  "forward as nobody",
  "answer later",
  "fail later",
  "pipe",
  "never",
  "timer",
  "crashing timer",
  "burst",
  "stop",
  "stop child",
  "ask itself",
] as const;

/** An order to an actor: `other` is the actor that it asks or tells, `ms` how long it takes. */
export interface Order {
  readonly behaviour: typeof behaviours[number];
  readonly other: number;
  readonly ms: number;
}

interface Message {
  readonly order: Order;
  readonly from: string;
  readonly number: number;
}

/** The protocol of an actor in a random tree. */
export const Node = protocol({
  obey: ask(local<Message>(), z.string(), ["refused"]),
  hear: tell(local<Message>()),
});

/** A node's place in the tree, and the failures of its start. */
export interface NodeInit {
  /** A handle, so that it's shared in test mode too. */
  readonly world: () => World;
  readonly key: number;
  readonly children: readonly { readonly init: NodeInit; readonly options: SpawnOptions }[];
  /** Which lives' constructors throw, counted from 0. */
  readonly badLives: readonly number[];
  readonly slowStart: boolean;
  readonly slowStop: boolean;
  readonly lives: () => number;
}

/** Carries out orders, and notes violations of the rules. */
export class NodeActor {
  static readonly protocol = Node;
  readonly #init: NodeInit;
  readonly #context: ActorContext<typeof Node>;
  #busy = 0;

  constructor(init: NodeInit, context: ActorContext<typeof Node>) {
    this.#init = init;
    this.#context = context;
    if (init.badLives.includes(init.lives())) throw new Error("bad life");
    for (const child of init.children) spawnNode(context, child.init, child.options);
  }

  async onStart(): Promise<void> {
    if (this.#init.slowStart) await this.#alone(() => this.#wait(20));
  }

  async onStop(): Promise<void> {
    if (this.#init.slowStop) await this.#alone(() => this.#wait(20));
  }

  obey(message: Message, context: MessageContext) {
    this.#arrived(message);
    const work = this.#work(message.order);
    return work === undefined ? this.#do(message.order, context) : later(work);
  }

  hear(message: Message, context: MessageContext) {
    this.#arrived(message);
    const work = this.#work(message.order);
    if (work !== undefined) return later(work.then(() => {}));
    const done = this.#do(message.order, context);
    if (done instanceof Promise) return done.then(() => {});
  }

  #arrived({ from, number }: Message): void {
    if (this.#busy > 0) this.#world.wrong.push(`${this.#init.key}: overlap`);
    arrived(this.#world, from, this.#init.key, number);
  }

  /** Work that goes on while the actor handles other messages. */
  #work({ behaviour, ms }: Order): Promise<string> | undefined {
    if (behaviour === "answer later") return this.#wait(ms).then(() => "later");
    if (behaviour === "fail later") {
      return this.#wait(ms).then(() => Promise.reject(new Error("as told, later")));
    }
    if (behaviour !== "pipe") return undefined;
    return this.#context.pipe(this.#wait(ms), () => this.#alone(() => Promise.resolve("piped")));
  }

  #do(order: Order, context: MessageContext) {
    const { behaviour, other, ms } = order;
    switch (behaviour) {
      case "answer":
        return "answered";
      case "refuse":
        return fail("refused", "as told");
      case "crash":
        throw new Error("as told");
      case "stop":
        this.#context.stop();
        return "stopping";
      case "timer":
        this.#context.after(ms, () => this.#alone(() => this.#wait(ms)));
        return "timed";
      case "crashing timer":
        this.#context.after(ms, () => {
          throw new Error("as told, by a timer");
        });
        return "timed";
      case "burst":
        for (let i = 0; i < 5; i++) this.#tell(other, { behaviour: "answer", other, ms });
        return "told";
      default:
        return this.#alone(() => this.#take(order, context));
    }
  }

  async #take({ behaviour, other, ms }: Order, context: MessageContext): Promise<string> {
    if (behaviour === "never") return await new Promise<never>(() => {});
    if (behaviour === "stop child") {
      const child = this.#world.refs.get(this.#init.children[0]?.init.key ?? -1);
      if (child !== undefined) await this.#context.stopChild(child, ms);
    } else if (behaviour === "wait") await this.#wait(ms);
    else if (behaviour === "crash later") {
      await this.#wait(ms);
      throw new Error("as told, after a while");
    } else {
      const target = behaviour === "ask itself" ? this.#init.key : other;
      const ref = this.#world.refs.get(target);
      const asker = behaviour === "forward as nobody" ? this.#context : context;
      if (ref === undefined) return "nobody";
      const body = this.#message(target, {
        behaviour: ms > 40 ? "forward" : "answer",
        other: target + 1,
        ms,
      });
      await followed(this.#world, asker.ask(ref, "obey", body, { timeoutMs: 500 }));
    }
    return "done";
  }

  #tell(to: number, order: Order): void {
    this.#world.refs.get(to)?.tell("hear", this.#message(to, order));
  }

  #message(to: number, order: Order): Message {
    return { order, ...numbered(this.#world, `${this.#init.key}`, to) };
  }

  /** Runs a turn of this actor, and notes an error if another one overlaps it. */
  async #alone<T>(turn: () => Promise<T>): Promise<T> {
    if (this.#busy++ > 0) this.#world.wrong.push(`${this.#init.key}: overlap`);
    try {
      return await turn();
    } finally {
      this.#busy--;
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#context.clock.set(resolve, ms));
  }

  get #world(): World {
    return this.#init.world();
  }
}

/** Starts a node, and records its reference and its end. */
export function spawnNode(
  parent: Pick<ActorContext<typeof Node>, "spawn">,
  init: NodeInit,
  options: SpawnOptions,
): void {
  const ref = parent.spawn(NodeActor, init, options);
  const world = init.world();
  world.refs.set(init.key, ref);
  world.ended.delete(init.key);
  ref.watch(() => {
    if (world.refs.get(init.key) === ref) world.ended.add(init.key);
  });
}
