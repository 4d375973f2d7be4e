import {
  type ActorContext,
  type ActorRef,
  type Body,
  type Failure,
  type Later,
  later,
  type MessageContext,
  type Value,
} from "../../shared/actor/mod.ts";
import type { AskName } from "../../shared/actor/protocol.ts";
import { RoutingTable } from "../../shared/protocol/media_link.ts";
import { answered } from "../routing/answered.ts";
import type { RoutingRefusal, RoutingTableProtocol } from "../routing/routing_messages.ts";

type In<N extends AskName<typeof RoutingTable>> = Body<typeof RoutingTable, N>;
type Out<N extends AskName<typeof RoutingTable>> = Later<
  Value<typeof RoutingTable, N> | Failure<RoutingRefusal>
>;

interface LinkRoutingInit {
  /** Which link this is. */
  readonly link: string;
  readonly table: ActorRef<RoutingTableProtocol>;
}

/** What one link sees of the routing table: the same, and what it opens is from then on its own to hear about. */
export class LinkRoutingActor {
  static readonly protocol = RoutingTable;
  readonly #link: string;
  readonly #table: ActorRef<RoutingTableProtocol>;

  constructor({ link, table }: LinkRoutingInit, _context: ActorContext<typeof RoutingTable>) {
    this.#link = link;
    this.#table = table;
  }

  open(body: In<"open">, message: MessageContext): Out<"open"> {
    const answer = this.#forward("open", body, message);
    this.#table.tell("claim", { ...body, link: this.#link });
    return answer;
  }

  close(body: In<"close">, message: MessageContext): Out<"close"> {
    return this.#forward("close", body, message);
  }

  attach(body: In<"attach">, message: MessageContext): Out<"attach"> {
    return this.#forward("attach", body, message);
  }

  detach(body: In<"detach">, message: MessageContext): Out<"detach"> {
    return this.#forward("detach", body, message);
  }

  connect(body: In<"connect">, message: MessageContext): Out<"connect"> {
    return this.#forward("connect", body, message);
  }

  restartIce(body: In<"restartIce">, message: MessageContext): Out<"restartIce"> {
    return this.#forward("restartIce", body, message);
  }

  produce(body: In<"produce">, message: MessageContext): Out<"produce"> {
    return this.#forward("produce", body, message);
  }

  setProducerPaused(body: In<"setProducerPaused">, message: MessageContext): Out<"setProducerPaused"> {
    return this.#forward("setProducerPaused", body, message);
  }

  closeProducer(body: In<"closeProducer">, message: MessageContext): Out<"closeProducer"> {
    return this.#forward("closeProducer", body, message);
  }

  consume(body: In<"consume">, message: MessageContext): Out<"consume"> {
    return this.#forward("consume", body, message);
  }

  setConsumersPaused(body: In<"setConsumersPaused">, message: MessageContext): Out<"setConsumersPaused"> {
    return this.#forward("setConsumersPaused", body, message);
  }

  closeConsumers(body: In<"closeConsumers">, message: MessageContext): Out<"closeConsumers"> {
    return this.#forward("closeConsumers", body, message);
  }

  #forward<N extends AskName<typeof RoutingTable>>(name: N, body: In<N>, message: MessageContext): Out<N> {
    const table: ActorRef<typeof RoutingTable> = this.#table;
    return later(message.ask(table, name, body).then(answered));
  }
}
