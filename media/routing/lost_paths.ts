import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";

/** Timers of transports whose ICE path was lost. */
export interface LostPaths {
  /** Runs `end` once the transport's path has been lost for long. */
  lose(transportId: string, end: () => void): void;
  /** Cancels the timer: the path is back, or the transport is closed. */
  forget(transportId: string): void;
}

/** A client that returns within `iceLostMs`, or restarts ICE, keeps its transport. */
export function trackLostPaths(
  context: Pick<ActorContext<Protocol>, "after">,
  iceLostMs: number,
): LostPaths {
  const timers = new Map<string, () => void>();
  const forget = (transportId: string) => {
    timers.get(transportId)?.();
    timers.delete(transportId);
  };
  return {
    lose(transportId, end) {
      forget(transportId);
      const cancel = context.after(iceLostMs, () => {
        timers.delete(transportId);
        end();
      });
      timers.set(transportId, cancel);
    },
    forget,
  };
}
