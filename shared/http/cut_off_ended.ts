import type { Duplex } from "node:stream";

/**
 * Destroys a stream `closeTimeoutMs` after its other side has ended its writing, unless it is gone by then. `ws` only
 * ends its own side then, which waits for everything unsent, and a peer that doesn't read lets it wait for good.
 */
export function cutOffEnded(stream: Duplex, closeTimeoutMs: number): void {
  stream.once("end", () => {
    const timer = setTimeout(() => stream.destroy(), closeTimeoutMs);
    stream.once("close", () => clearTimeout(timer));
  });
}
