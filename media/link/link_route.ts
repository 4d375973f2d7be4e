import type { ActorRef, Scope } from "../../shared/actor/mod.ts";
import { authenticateService, type TokenVerifier } from "../../shared/auth/mod.ts";
import { refuseCommon, type Route } from "../../shared/http/mod.ts";
import type { Upgrades } from "../../shared/http/upgrades.ts";
import { mediaLinkSubprotocol } from "../../shared/protocol/media/link.ts";
import { linkScope, LinkSessionActor } from "./link_session.ts";
import type { RoutingTableProtocol } from "../routing/routing_messages.ts";
import type { MediaMetrics } from "../metrics.ts";
import type { Telemetry } from "../telemetry/telemetry_messages.ts";

/** More than the largest batch of a controller: 4 MiB characters, of at most three bytes each in UTF-8. */
export const maxLinkMessageBytes = 12 * 1024 * 1024;

export interface LinkRouteOptions {
  /** The scope of the links' actors. Closing it closes the links. */
  readonly links: Scope;
  readonly table: ActorRef<RoutingTableProtocol>;
  readonly telemetry: ActorRef<typeof Telemetry>;
  readonly verifier: TokenVerifier;
  readonly metrics: MediaMetrics;
  readonly maxLinks: number;
  /** Of the server that has this route. */
  readonly upgrades: Upgrades;
  /** Aborted once the handler takes no new links. */
  readonly stopping: AbortSignal;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** `GET /link`: a meeting controller's shard opens its WebSocket here, with a service token. */
export function linkRoute(options: LinkRouteOptions): Route {
  const { links, table, telemetry, verifier, metrics, maxLinks, upgrades, stopping, now } = options;
  let open = 0;
  const show = (change: number) => metrics.links.set({}, open += change);
  show(0);
  return {
    method: "GET",
    path: "/link",
    async handler(incoming) {
      const claims = await authenticateService(verifier, incoming, linkScope);
      const { request } = incoming;
      if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
        throw refuseCommon("INVALID_REQUEST", { message: "A link is opened as a WebSocket" });
      }
      const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",");
      if (!offered.some((name) => name.trim() === mediaLinkSubprotocol)) {
        throw refuseCommon("INVALID_REQUEST", { message: `A link speaks ${mediaLinkSubprotocol}` });
      }
      if (stopping.aborted || open >= maxLinks) throw refuseCommon("UNAVAILABLE", { retryAfterSeconds: 1 });
      const socket = upgrades.accept(request, mediaLinkSubprotocol);
      if (socket === undefined) {
        throw refuseCommon("INVALID_REQUEST", { message: "This is no handshake of RFC 6455" });
      }
      const link = crypto.randomUUID();
      show(1);
      links.spawn(LinkSessionActor, {
        link,
        socket,
        subject: claims.sub,
        expiresAtMs: claims.exp * 1000,
        verifier,
        table,
        telemetry,
        now,
        onEnd: () => show(-1),
      }, { name: `link-${link}`, policy: { directive: "stop" } });
      // It is answered already.
      return new Response();
    },
  };
}
