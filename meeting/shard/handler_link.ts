import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
  type RemoteLink,
  remoteLink,
  type Runtime,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { MediaControl, type MediaReport } from "../../shared/protocol/media/control.ts";
import { LinkSession, mediaLinkNames, mediaLinkSubprotocol } from "../../shared/protocol/media/link.ts";
import type { Upstream } from "../platform/upstream.ts";
import { HandlerLink } from "../routing/handler_links_protocol.ts";
import type { ReportTaker } from "../routing/neighbours.ts";
import { MediaReportsActor } from "./media_reports.ts";
import { openLinkSocket } from "./open_link_socket.ts";

export interface HandlerLinkInit {
  /** The handler's `link_url`. */
  readonly url: string;
  readonly upstream: ActorRef<typeof Upstream>;
  /** Opens the link's WebSocket; the network's unless given. */
  readonly openSocket?: typeof openLinkSocket;
  readonly runtime?: Runtime;
}

interface OpenLink {
  readonly link: RemoteLink;
  readonly control: ActorRef<typeof MediaControl>;
}

type NotOpen = Failure<"refused" | "unreachable">;

const openTimeoutMs = 3_000;
const retrySeconds = 10;
const controlMailbox = 10_000;
const reportsMailbox = 10_000;
/** A link without a meeting and without a socket is kept for so long: a meeting may come, and the handler again. */
const idleMs = 300_000;

/** The part of a token's life after which the link authenticates again: the rest is how long AC may be away. */
const renewAt = 0.25;

/** Owns one shard's link to one media handler: opens it, renews its token, hands its reports to the meetings. */
export class HandlerLinkActor {
  static readonly protocol = HandlerLink;
  readonly #init: HandlerLinkInit;
  readonly #context: ActorContext<typeof HandlerLink>;
  readonly #log = logger("handler_link");
  readonly #meetings = new Map<string, ActorRef<typeof ReportTaker>>();
  readonly #reports: ActorRef<typeof MediaReportsActor.protocol>;
  #opening: Promise<OpenLink | NotOpen> | null = null;
  #open: OpenLink | null = null;
  #cancelEnd = () => {};

  constructor(init: HandlerLinkInit, context: ActorContext<typeof HandlerLink>) {
    this.#init = init;
    this.#context = context;
    this.#reports = context.spawn(MediaReportsActor, { link: context.self }, {
      name: "reports",
      capacity: reportsMailbox,
    });
    context.cleanup(() => this.#open?.link.close());
    this.#endOnceIdle();
  }

  control({ meetingId, routing }: Body<typeof HandlerLink, "control">, message: MessageContext) {
    if (this.#meetings.get(meetingId) !== routing) this.#add(meetingId, routing);
    return later(
      this.#context.pipe(this.#opened(message), (open) => open instanceof Failure ? open : open.control),
    );
  }

  /** One that ends late may say so after the meeting was opened here anew. */
  forget({ meetingId, routing }: Body<typeof HandlerLink, "forget">): void {
    if (this.#meetings.get(meetingId) !== routing) return;
    this.#meetings.delete(meetingId);
    this.#endOnceIdle();
  }

  reported({ meetingId, reports }: { meetingId: string; reports: readonly MediaReport[] }): void {
    const outcome = this.#meetings.get(meetingId)?.tell("reported", { reports });
    // The meeting's next inventory makes up for the lost report.
    if (outcome === "overloaded") {
      this.#log.warn("a meeting's mailbox is full: its reports were dropped", { meeting_id: meetingId });
    }
  }

  /** A meeting that ends without a word counts no more either. */
  #add(meetingId: string, routing: ActorRef<typeof ReportTaker>): void {
    this.#meetings.set(meetingId, routing);
    this.#endOnceIdle();
    this.#context.watch(routing, () => this.forget({ meetingId, routing }));
  }

  /** Handlers come and go, each with an address of its own: the link to one that nobody needs and that is gone ends. */
  #endOnceIdle(): void {
    this.#cancelEnd();
    if (this.#meetings.size > 0 || this.#open !== null) return;
    this.#cancelEnd = this.#context.after(idleMs, () => this.#context.stop());
  }

  #opened(message: MessageContext): Promise<OpenLink | NotOpen> {
    if (this.#open !== null) return Promise.resolve(this.#open);
    this.#opening ??= this.#context.pipe(this.#connect(message), (connected) => {
      this.#opening = null;
      return connected instanceof Failure
        ? connected
        : this.#adopt(connected.link, connected.expiresInSeconds);
    });
    return this.#opening;
  }

  async #connect(message: MessageContext): Promise<{ link: RemoteLink; expiresInSeconds: number } | NotOpen> {
    const { url, upstream, openSocket = openLinkSocket, runtime } = this.#init;
    const token = await message.ask(upstream, "linkToken", undefined);
    if (!token.ok) return fail("unreachable", token.error.message);
    const socket = await openSocket(url, {
      protocol: mediaLinkSubprotocol,
      token: token.value.token,
      timeoutMs: openTimeoutMs,
    });
    if (typeof socket === "string") {
      this.#log.warn("media handler does not answer", { url, reason: socket });
      return fail(socket, `The media handler at ${url} does not answer.`);
    }
    return { link: remoteLink(socket, runtime), expiresInSeconds: token.value.expires_in_seconds };
  }

  #adopt(link: RemoteLink, expiresInSeconds: number): OpenLink {
    link.expose(mediaLinkNames.reports, this.#reports);
    // All meetings of the shard share this reference, and so its mailbox.
    const control = link.ref(mediaLinkNames.control, MediaControl, { capacity: controlMailbox });
    const open = { link, control };
    this.#open = open;
    this.#endOnceIdle();
    const closed = new Promise<void>((resolve) => link.onClose(resolve));
    void this.#context.pipe(closed, () => {
      if (this.#open !== open) return;
      this.#open = null;
      this.#endOnceIdle();
    });
    this.#renewLater(link, expiresInSeconds);
    return open;
  }

  /** Authenticates again in time. Without a new token it is tried again soon. */
  #renewLater(link: RemoteLink, expiresInSeconds: number): void {
    this.#context.after(expiresInSeconds * renewAt * 1_000, () => {
      if (this.#open?.link !== link) return;
      void this.#context.pipe(
        this.#renew(link),
        (renewedSeconds) => this.#renewLater(link, renewedSeconds ?? retrySeconds / renewAt),
      );
    });
  }

  async #renew(link: RemoteLink): Promise<number | null> {
    const token = await this.#context.ask(this.#init.upstream, "linkToken", undefined);
    if (!token.ok) return null;
    const session = link.ref(mediaLinkNames.session, LinkSession);
    const renewed = await this.#context.ask(session, "renew", { token: token.value.token });
    return renewed.ok ? renewed.value.expires_in_seconds : null;
  }
}
