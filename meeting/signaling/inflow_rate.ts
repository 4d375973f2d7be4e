import { CellRate } from "../../shared/limits/gcra.ts";
import type { SocketLimits } from "./client_socket.ts";

/** `refused`: it is not handled; `flooded`: the client goes on although it was refused. */
export type InflowVerdict = "accepted" | "refused" | "flooded";

/** So many refusals at once are put up with: a client that pipelines has sent more before it hears of the first. */
const refusalsPutUpWith = 50;

/** Limits what one client sends, by messages and by bytes, before anything of it is read. */
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
    this.#refusals ??= new CellRate({ count: 1, periodMs: 1_000, burst: refusalsPutUpWith });
    return this.#refusals.take(nowMs) === 0 ? "refused" : "flooded";
  }
}
