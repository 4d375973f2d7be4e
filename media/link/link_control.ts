import {
  type ActorContext,
  type ActorRef,
  type Body,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { MediaControl } from "../../shared/protocol/media/control.ts";
import { answered } from "../routing/answered.ts";
import type { RoutingTableProtocol } from "../routing/routing_messages.ts";

export interface LinkControlInit {
  /** The name of this link. */
  readonly link: string;
  readonly table: ActorRef<RoutingTableProtocol>;
}

type In<N extends keyof typeof MediaControl> = Body<typeof MediaControl, N>;

/** Hands the requests of one link to the routing table, with the link's name. */
export class LinkControlActor {
  static readonly protocol = MediaControl;
  readonly #link: string;
  readonly #table: ActorRef<RoutingTableProtocol>;

  constructor({ link, table }: LinkControlInit, _context: ActorContext<typeof MediaControl>) {
    this.#link = link;
    this.#table = table;
  }

  open(body: In<"open">, message: MessageContext) {
    return later(message.ask(this.#table, "open", this.#named(body), within(message)).then(answered));
  }

  close(body: In<"close">, message: MessageContext) {
    return later(message.ask(this.#table, "close", this.#named(body), within(message)).then(answered));
  }

  apply(body: In<"apply">, message: MessageContext) {
    return later(message.ask(this.#table, "apply", this.#named(body), within(message)).then(answered));
  }

  inventory(body: In<"inventory">, message: MessageContext) {
    return later(message.ask(this.#table, "inventory", this.#named(body), within(message)).then(answered));
  }

  sent(body: In<"sent">, message: MessageContext) {
    return later(message.ask(this.#table, "sent", this.#named(body), within(message)).then(answered));
  }

  #named<T>(body: T): T & { readonly link: string } {
    return { ...body, link: this.#link };
  }
}

/** The request lasts as long as its asker waits. */
function within({ remainingMs }: MessageContext) {
  return { timeoutMs: remainingMs };
}
