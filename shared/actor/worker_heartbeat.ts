import type { Runtime } from "./runtime.ts";
import { WheelTimer } from "./wheel_timer.ts";

export interface WorkerHeartbeatOptions {
  readonly runtime: Runtime;
  /** A Worker that doesn't answer for this long hangs. */
  readonly silenceMs: number;
  /** Asks the Worker for a sign of life. */
  readonly probe: () => void;
  /** Called once: the Worker hangs. */
  readonly onSilence: () => void;
}

const periodMs = 1_000;

/**
 * Probes a Worker's event loop again and again: one in an endless loop handles no message, and messages without a
 * deadline would never show it. Silence is counted in periods and not by the clock, so that a pause of this isolate, or
 * of the whole machine, is no silence of the Worker.
 */
export class WorkerHeartbeat {
  readonly #options: WorkerHeartbeatOptions;
  #timer: WheelTimer;
  #silentPeriods = 0;
  #isAsking = false;

  constructor(options: WorkerHeartbeatOptions) {
    this.#options = options;
    this.#timer = this.#next();
  }

  /** The Worker has answered. */
  heard(): void {
    this.#isAsking = false;
    this.#silentPeriods = 0;
  }

  stop(): void {
    this.#timer.cancel();
  }

  #next(): WheelTimer {
    return new WheelTimer(this.#options.runtime, periodMs, () => this.#beat());
  }

  #beat(): void {
    const { silenceMs, probe, onSilence } = this.#options;
    if (this.#isAsking && ++this.#silentPeriods * periodMs >= silenceMs) return onSilence();
    if (!this.#isAsking) probe();
    this.#isAsking = true;
    this.#timer = this.#next();
  }
}
