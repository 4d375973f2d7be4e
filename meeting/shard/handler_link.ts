import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  fail,
  later,
  local,
  protocol,
  type RemoteLink,
  remoteLink,
  tell,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { LinkSession, mediaLinkNames, mediaLinkSubprotocol } from "../../shared/protocol/media/link.ts";
import { type MediaEvents, RoutingTable } from "../../shared/protocol/media_link.ts";
import { openLinkSocket } from "./open_link_socket.ts";
import type { MediaEvent, MediaRouting } from "../routing/media_routing_protocol.ts";
import { MediaEventsActor } from "./media_events.ts";
import type { Upstream } from "./upstream.ts";

export const HandlerLink = protocol({
  /** The handler's routing table; opens the link first if need be. From now on `meeting` is told what happens there. */
  routing: ask(
    z.object({ meetingId: z.string(), meeting: local<ActorRef<typeof MediaRouting>>() }),
    local<ActorRef<typeof RoutingTable>>(),
    ["unreachable"],
  ),
  /** The meeting is over or has moved. */
  forget: tell(z.object({ meetingId: z.string() })),
  /** Something happened to a meeting on the handler. */
  event: tell(local<{ readonly meetingId: string; readonly event: MediaEvent }>()),
});

export interface HandlerLinkInit {
  /** The handler's `link_url`. */
  readonly url: string;
  readonly upstream: ActorRef<typeof Upstream>;
}

interface OpenLink {
  readonly link: RemoteLink;
  readonly routing: ActorRef<typeof RoutingTable>;
}

const openTimeoutMs = 3_000;
const routingMailbox = 10_000;

/** Owns one shard's link to one media handler: opens it, renews its token in good time, says when it is gone. */
export class HandlerLinkActor {
  static readonly protocol = HandlerLink;
  readonly #init: HandlerLinkInit;
  readonly #context: ActorContext<typeof HandlerLink>;
  readonly #log = logger("handler_link");
  readonly #meetings = new Map<string, ActorRef<typeof MediaRouting>>();
  readonly #events: ActorRef<typeof MediaEvents>;
  #opening: Promise<OpenLink | null> | null = null;
  #open: OpenLink | null = null;

  constructor(init: HandlerLinkInit, context: ActorContext<typeof HandlerLink>) {
    this.#init = init;
    this.#context = context;
    this.#events = context.spawn(MediaEventsActor, { link: context.self }, { name: "events" });
    context.cleanup(() => this.#open?.link.close());
  }

  routing({ meetingId, meeting }: { meetingId: string; meeting: ActorRef<typeof MediaRouting> }) {
    this.#meetings.set(meetingId, meeting);
    return later(
      this.#context.pipe(
        this.#opened(),
        (open) =>
          open?.routing ?? fail("unreachable", `The media handler at ${this.#init.url} does not answer.`),
      ),
    );
  }

  forget({ meetingId }: { meetingId: string }): void {
    this.#meetings.delete(meetingId);
  }

  event({ meetingId, event }: { meetingId: string; event: MediaEvent }): void {
    this.#meetings.get(meetingId)?.tell("event", event);
  }

  #opened(): Promise<OpenLink | null> {
    if (this.#open !== null) return Promise.resolve(this.#open);
    this.#opening ??= this.#context.pipe(this.#connect(), (connected) => {
      this.#opening = null;
      return connected === null ? null : this.#adopt(connected.link, connected.expiresInSeconds);
    });
    return this.#opening;
  }

  async #connect(): Promise<{ link: RemoteLink; expiresInSeconds: number } | null> {
    const token = await this.#context.ask(this.#init.upstream, "linkToken", undefined);
    if (!token.ok) return null;
    const socket = await openLinkSocket(this.#init.url, {
      protocol: mediaLinkSubprotocol,
      token: token.value.token,
      timeoutMs: openTimeoutMs,
    });
    if (socket === null) {
      this.#log.warn("media handler does not answer", { url: this.#init.url });
      return null;
    }
    return { link: remoteLink(socket), expiresInSeconds: token.value.expires_in_seconds };
  }

  #adopt(link: RemoteLink, expiresInSeconds: number): OpenLink {
    link.expose(mediaLinkNames.events, this.#events);
    // One reference for all meetings of the shard: they take turns in its mailbox.
    const open = {
      link,
      routing: link.ref(mediaLinkNames.routing, RoutingTable, { capacity: routingMailbox }),
    };
    this.#open = open;
    const closed = new Promise<void>((resolve) => link.onClose(resolve));
    this.#context.pipe(closed, () => {
      if (this.#open === open) this.#open = null;
    });
    this.#renewLater(link, expiresInSeconds);
    return open;
  }

  /** The link authenticates again when four fifths of its token's life are over. */
  #renewLater(link: RemoteLink, expiresInSeconds: number): void {
    this.#context.after(expiresInSeconds * 800, () => {
      if (this.#open?.link !== link) return;
      this.#context.pipe(this.#renew(link), (renewedSeconds) => this.#renewLater(link, renewedSeconds ?? 10));
    });
  }

  async #renew(link: RemoteLink): Promise<number | null> {
    const token = await this.#context.ask(this.#init.upstream, "linkToken", undefined);
    if (!token.ok) return null;
    const renewed = await link.ref(mediaLinkNames.session, LinkSession).ask("renew", {
      token: token.value.token,
    });
    return renewed.ok ? renewed.value.expires_in_seconds : null;
  }
}
