// @ts-types="@types/ws"
import { WebSocket } from "ws";
import type { LinkSocket } from "../../shared/actor/mod.ts";

/** Why a link could not be opened: the connection was refused, or there was no answer and the handler may be alive. */
export type NoLink = "refused" | "unreachable";

/**
 * Opens the WebSocket of a link to a media handler. Answers the reason if it doesn't open in time.
 *
 * Deno's own client leaves Nagle's algorithm (RFC 896) on. Together with delayed acknowledgements every second small
 * frame then waits 40 ms, which is most of a join's time. The package `ws` switches the algorithm off.
 */
export async function openLinkSocket(
  url: string,
  options: { readonly protocol: string; readonly token: string; readonly timeoutMs: number },
): Promise<LinkSocket | NoLink> {
  const { protocol, token, timeoutMs } = options;
  const socket = new WebSocket(url, protocol, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const { promise, resolve } = Promise.withResolvers<"open" | NoLink>();
  socket.addEventListener("open", () => resolve("open"), { once: true });
  socket.addEventListener("error", ({ error }) => resolve(isRefused(error) ? "refused" : "unreachable"));
  socket.addEventListener("close", () => resolve("unreachable"), { once: true });
  const outcome = await promise;
  return outcome === "open" ? socket : outcome;
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
}
