import { leaveSignals } from "./early_stop.ts";

/** Why a program was asked to stop. */
export type StopReason = "SIGTERM" | "SIGINT" | "standard input ended";

/**
 * Resolves when the program is asked to stop: by a signal or, when `parentPipe` is on, by the end of standard input,
 * which follows from the death of the parent process. Further signals are ignored, so that a terminal's Ctrl-C and a
 * supervisor's SIGTERM together end the program once.
 */
export function stopRequested(parentPipe: boolean): Promise<StopReason> {
  const requested = Promise.withResolvers<StopReason>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => requested.resolve(signal));
  }
  leaveSignals();
  if (parentPipe) untilInputEnds().then(() => requested.resolve("standard input ended"));
  return requested.promise;
}

async function untilInputEnds(): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    while (await Deno.stdin.read(buffer) !== null);
  } catch {
    // A broken pipe means that the parent is gone.
  }
}
