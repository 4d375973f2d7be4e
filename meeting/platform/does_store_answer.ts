import type { LiveStore } from "../../shared/store/live/mod.ts";

/** GC waits hardly longer for the answer to an offer while a meeting is handed over. */
const TIMEOUT_MS = 1_000;

/** Whether the live store answers this process. While it doesn't, no meeting is opened, and nobody is let in. */
export async function doesStoreAnswer({ leases }: Pick<LiveStore, "leases">): Promise<boolean> {
  return (await leases.ask("epoch", undefined, { timeoutMs: TIMEOUT_MS })).ok;
}
