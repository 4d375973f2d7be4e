import type { Worker, WorkerResourceUsage } from "mediasoup/types";
import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

export interface Heartbeat {
  readonly worker: Pick<Worker, "getResourceUsage">;
  /** A worker that doesn't answer for this long hangs. */
  readonly silenceMs: number;
  readonly onUsage: (usage: WorkerResourceUsage) => void;
  /** Called once: the worker hangs. */
  readonly onSilence: () => void;
}

const periodMs = 1_000;

/**
 * Asks a worker for its usage again and again. mediasoup's requests have no time limit, and a process that hangs keeps
 * its sockets open. Silence is counted in periods and not by the clock, so that a pause of this program, or of the whole
 * machine, is no silence of the worker.
 */
export function watchHeartbeat(
  context: Pick<ActorContext<Protocol>, "every" | "pipe">,
  { worker, silenceMs, onUsage, onSilence }: Heartbeat,
): void {
  let isAsking = false;
  let silentPeriods = 0;
  const ask = () => {
    isAsking = true;
    // A closed worker refuses: its end is reported by an event of its own.
    const answer = worker.getResourceUsage().catch(() => undefined);
    void context.pipe(answer, (usage) => {
      isAsking = false;
      silentPeriods = 0;
      if (usage !== undefined) onUsage(usage);
    });
  };
  const cancel = context.every(periodMs, () => {
    if (!isAsking) return ask();
    if (++silentPeriods * periodMs < silenceMs) return;
    cancel();
    onSilence();
  });
}
