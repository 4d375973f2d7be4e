import { CellRate } from "../../shared/limits/gcra.ts";
import type { SocketLimits } from "./client_socket.ts";

/** `refused`: the message is not handled; `flooded`: the client goes on in spite of many refusals. */
export type InflowVerdict = "accepted" | "refused" | "flooded";

/** How many refusals at once don't count as a flood: a client that pipelines sends on before it reads the first one. */
const refusalBurst = 50;

/** Limits one client's messages by number and by bytes, before they are parsed. */
export class InflowRate {
  readonly #messages: CellRate;
  readonly #bytes: CellRate;
  #refusals: CellRate | null = null;

  constructor({ messagesPerSecond, messageBurst, bytesPerSecond, byteBurst }: SocketLimits) {
    this.#messages = new CellRate({ count: messagesPerSecond, periodMs: 1_000, burst: messageBurst });
    this.#bytes = new CellRate({ count: bytesPerSecond, periodMs: 1_000, burst: byteBurst });
  }

  take(bytes: number, nowMs: number): InflowVerdict {
    if (this.#messages.check(nowMs) === 0 && this.#bytes.take(nowMs, bytes) === 0) {
      this.#messages.take(nowMs);
      return "accepted";
    }
    this.#refusals ??= new CellRate({ count: 1, periodMs: 1_000, burst: refusalBurst });
    return this.#refusals.take(nowMs) === 0 ? "refused" : "flooded";
  }
}
