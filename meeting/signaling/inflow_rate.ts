import { CellRate, type Rate } from "../../shared/limits/gcra.ts";
import type { SocketLimits } from "./client_socket.ts";

/** `refused`: the message is not handled; `flooded`: the client goes on in spite of many refusals. */
export type InflowVerdict = "accepted" | "refused" | "flooded";

/** How many refusals at once don't count as a flood: a client that pipelines sends on before it reads the first one. */
const refusalBurst = 50;

/** Limits one client's messages by number and by bytes, before they are parsed. */
export class InflowRate {
  readonly #messages: CellRate;
  readonly #bytes: CellRate;
  readonly #byteRate: Rate;
  #refusals: CellRate | null = null;
  /** What is refused has come in all the same: its bytes have the bound of those that are taken. */
  #refusedBytes: CellRate | null = null;

  constructor({ messagesPerSecond, messageBurst, bytesPerSecond, byteBurst }: SocketLimits) {
    this.#messages = new CellRate({ count: messagesPerSecond, periodMs: 1_000, burst: messageBurst });
    this.#byteRate = { count: bytesPerSecond, periodMs: 1_000, burst: byteBurst };
    this.#bytes = new CellRate(this.#byteRate);
  }

  take(bytes: number, nowMs: number): InflowVerdict {
    if (this.#messages.check(nowMs) === 0 && this.#bytes.take(nowMs, bytes) === 0) {
      this.#messages.take(nowMs);
      return "accepted";
    }
    this.#refusals ??= new CellRate({ count: 1, periodMs: 1_000, burst: refusalBurst });
    this.#refusedBytes ??= new CellRate(this.#byteRate);
    const isRefused = this.#refusals.take(nowMs) === 0 && this.#refusedBytes.take(nowMs, bytes) === 0;
    return isRefused ? "refused" : "flooded";
  }
}
