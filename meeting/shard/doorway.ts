import { SUBPROTOCOL } from "../../shared/protocol/mod.ts";
import type { Wire } from "../signaling/wire.ts";

/** Where a shard's clients open their WebSocket. */
export const signalingPath = "/signaling";

export interface DoorwayOptions {
  /** Origins whose pages may connect, beside localhost. */
  readonly origins: readonly string[];
  /** How many connections of one address may be open that have not joined. */
  readonly perAddress: number;
}

/** Decides who may open a WebSocket here, before their token is looked at. */
export class Doorway {
  readonly #origins: ReadonlySet<string>;
  readonly #perAddress: number;
  readonly #unjoined = new Map<string, Set<Wire>>();

  constructor({ origins, perAddress }: DoorwayOptions) {
    this.#origins = new Set(origins);
    this.#perAddress = perAddress;
  }

  /** The answer to a request that goes no further; `null` to let it through. */
  refusal(request: Request, address: string): Response | null {
    if (new URL(request.url).pathname !== "/signaling") {
      return refused(404, "NOT_FOUND", "There is nothing here.");
    }
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refused(426, "UPGRADE_REQUIRED", "This address speaks WebSocket.", { upgrade: "websocket" });
    }
    if (!offered(request).includes(SUBPROTOCOL)) return badHandshake();
    const origin = request.headers.get("origin");
    // A client that is no browser sends none, and can't be made to connect by a page.
    if (origin !== null && !this.#origins.has(origin) && !isLocal(origin)) {
      return refused(403, "FORBIDDEN", "Pages of this origin may not connect.");
    }
    if (this.#count(address) >= this.#perAddress) {
      return refused(429, "RATE_LIMITED", "Too many connections that have not joined.", {
        "retry-after": "5",
      });
    }
    return null;
  }

  entered(address: string, wire: Wire): void {
    const wires = this.#unjoined.get(address);
    if (wires === undefined) this.#unjoined.set(address, new Set([wire]));
    else wires.add(wire);
    wire.onSettled = () => {
      const rest = this.#unjoined.get(address);
      rest?.delete(wire);
      if (rest?.size === 0) this.#unjoined.delete(address);
    };
  }

  #count(address: string): number {
    return this.#unjoined.get(address)?.size ?? 0;
  }
}

/** The answer to a handshake that is none of this protocol's. */
export function badHandshake(): Response {
  return refused(
    400,
    "INVALID_REQUEST",
    `This is no WebSocket handshake for the subprotocol ${SUBPROTOCOL}.`,
  );
}

function offered(request: Request): string[] {
  return (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
}

function isLocal(origin: string): boolean {
  const hostname = URL.parse(origin)?.hostname;
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

function refused(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ error: { code, message } }, { status, headers });
}
