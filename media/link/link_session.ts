import {
  type ActorContext,
  type ActorRef,
  fail,
  Failure,
  type LinkSocket,
  type RemoteLink,
  remoteLink,
} from "../../shared/actor/mod.ts";
import { hasScope, type TokenVerifier } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { LinkSession, mediaLinkNames } from "../../shared/protocol/media/link.ts";
import { MediaReports } from "../../shared/protocol/media/control.ts";
import type { RoutingTableProtocol } from "../routing/routing_messages.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";
import { LinkControlActor } from "./link_control.ts";
import { LinkReportsActor } from "./link_reports.ts";

/** The scope of a service token for a link. */
export const linkScope = "service.link.mh";

export interface LinkSessionInit {
  /** Unique in this process. */
  readonly link: string;
  /** Authenticated by a token of `subject` that is good until `expiresAtMs`. */
  readonly socket: LinkSocket;
  readonly subject: string;
  /** Since the Unix epoch. */
  readonly expiresAtMs: number;
  readonly verifier: TokenVerifier;
  readonly table: ActorRef<RoutingTableProtocol>;
  readonly telemetry: ActorRef<typeof Telemetry>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Called once, when the link is down. */
  readonly onEnd: () => void;
}

/** Longest time of one timer. A token may claim any lifetime. */
const maxTimerMs = 3_600_000;

/** Owns the link of one meeting controller. The link ends when its latest token expires, and the actor with it. */
export class LinkSessionActor {
  static readonly protocol = LinkSession;
  readonly #init: LinkSessionInit;
  readonly #context: ActorContext<typeof LinkSession>;
  readonly #log = logger("link");
  #expiresAtMs: number;
  #cancelExpiry = () => {};

  constructor(init: LinkSessionInit, context: ActorContext<typeof LinkSession>) {
    this.#init = init;
    this.#context = context;
    this.#expiresAtMs = init.expiresAtMs;
  }

  onStart(): void {
    const { link: name, socket, subject, onEnd } = this.#init;
    const link = remoteLink(socket);
    const ended = Promise.withResolvers<void>();
    link.onClose(ended.resolve);
    this.#context.pipe(ended.promise, () => this.#context.stop());
    this.#context.cleanup(() => {
      link.close();
      this.#log.info("link closed", { link: name, client_id: subject });
      onEnd();
    });
    this.#serve(link);
    link.expose(mediaLinkNames.session, this.#context.self);
    this.#log.info("link opened", { link: name, client_id: subject });
    this.#watchExpiry();
  }

  async renew(
    { token }: { token: string },
  ): Promise<{ expires_in_seconds: number } | Failure<"refused">> {
    const { verifier, subject, now, link } = this.#init;
    const outcome = await verifier.service(token);
    const reason = !outcome.ok
      ? outcome.reason
      : outcome.claims.sub !== subject
      ? "another client"
      : hasScope(outcome.claims, linkScope)
      ? undefined
      : "scope";
    if (!outcome.ok || reason !== undefined) {
      this.#log.warn("refused a new token for a link", { link, reason });
      return fail("refused", "The token is not good for this link");
    }
    this.#expiresAtMs = Math.max(this.#expiresAtMs, outcome.claims.exp * 1000);
    this.#watchExpiry();
    return { expires_in_seconds: Math.max(0, (this.#expiresAtMs - now()) / 1000) };
  }

  /** Exposes the control actor on the link, and starts the reports to its controller. */
  #serve(link: RemoteLink): void {
    const { link: name, table, telemetry } = this.#init;
    const remote = link.ref(mediaLinkNames.reports, MediaReports);
    const reports = this.#context.spawn(LinkReportsActor, { remote, telemetry }, {
      name: "reports",
      capacity: 10_000,
    });
    const control = this.#context.spawn(LinkControlActor, { link: name, table }, {
      name: "control",
      capacity: 1_000,
    });
    link.expose(mediaLinkNames.control, control);
    this.#register(name, reports);
  }

  #register(link: string, reports: ActorRef<typeof MediaReports>): void {
    const { table } = this.#init;
    this.#context.pipe(table.offer("linkUp", { link, reports }), (outcome) => {
      if (outcome === "accepted") return;
      this.#log.warn("closing a link that the routing table did not take", { link, outcome });
      this.#context.stop();
    });
    this.#context.cleanup(async () => {
      const outcome = await table.offer("linkDown", { link });
      if (outcome === "accepted") return;
      this.#log.warn("the routing table was not told of a closed link", { link, outcome });
    });
  }

  #watchExpiry(): void {
    this.#cancelExpiry();
    const leftMs = this.#expiresAtMs - this.#init.now();
    this.#cancelExpiry = this.#context.after(Math.min(leftMs, maxTimerMs), () => {
      if (this.#init.now() < this.#expiresAtMs) return this.#watchExpiry();
      this.#log.warn("closing a link whose token expired", { link: this.#init.link });
      this.#context.stop();
    });
  }
}
