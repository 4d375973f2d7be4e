const SIGNALS = ["SIGTERM", "SIGINT"] as const;

const end = (): never => Deno.exit(0);

/** From now on a stop ends this process at once, with 0. */
export function listenEarly(): void {
  for (const signal of SIGNALS) Deno.addSignalListener(signal, end);
}

/** Ends that: somebody else listens by now. */
export function leaveSignals(): void {
  for (const signal of SIGNALS) Deno.removeSignalListener(signal, end);
}
