import type { ActorContext, ActorRef, Body } from "../../shared/actor/mod.ts";
import { logUntold } from "../../shared/log/mod.ts";
import { type HandlerLink, HandlerLinks } from "../routing/handler_links_protocol.ts";
import { HandlerLinkActor, type HandlerLinkInit } from "./handler_link.ts";

export type HandlerLinksInit = Omit<HandlerLinkInit, "url">;

/** Owns a shard's links to media handlers. Each handler has one, opened when the first meeting needs it, and ended when none does. */
export class HandlerLinksActor {
  static readonly protocol = HandlerLinks;
  readonly #init: HandlerLinksInit;
  readonly #context: ActorContext<typeof HandlerLinks>;
  readonly #links = new Map<string, ActorRef<typeof HandlerLink>>();

  constructor(init: HandlerLinksInit, context: ActorContext<typeof HandlerLinks>) {
    this.#init = init;
    this.#context = context;
  }

  link({ url }: { url: string }): ActorRef<typeof HandlerLink> {
    const known = this.#links.get(url);
    if (known !== undefined) return known;
    const link = this.#context.spawn(HandlerLinkActor, { ...this.#init, url }, {
      name: `link ${url}`,
      capacity: 10_000,
    });
    this.#links.set(url, link);
    this.#context.watch(link, () => {
      if (this.#links.get(url) === link) this.#links.delete(url);
    });
    return link;
  }

  async forget(over: Body<typeof HandlerLinks, "forget">): Promise<void> {
    for (const link of this.#links.values()) {
      logUntold(await link.offer("forget", over), "a meeting is over");
    }
  }
}
