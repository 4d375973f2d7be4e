// @ts-types="@types/ws"
import { WebSocket } from "ws";
import type { LinkSocket } from "../../shared/actor/mod.ts";

/**
 * Opens the WebSocket of a link to a media handler; `null` when it doesn't open in time.
 *
 * Deno's own client leaves Nagle's algorithm (RFC 896) on, and against a delayed acknowledgement every second small
 * frame then waits 40 ms: on a join's way that is most of its time. The package `ws` switches it off.
 */
export async function openLinkSocket(
  url: string,
  options: { readonly protocol: string; readonly token: string; readonly timeoutMs: number },
): Promise<LinkSocket | null> {
  const { protocol, token, timeoutMs } = options;
  const socket = new WebSocket(url, protocol, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    followRedirects: false,
  });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.addEventListener("open", () => resolve(true), { once: true });
  // Its reason is the handler's business; here it only counts that there is no link.
  socket.addEventListener("error", () => resolve(false));
  socket.addEventListener("close", () => resolve(false), { once: true });
  return await promise ? socket : null;
}
