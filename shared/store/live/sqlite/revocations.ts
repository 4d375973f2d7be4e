import type { z } from "zod";
import type { Revocations } from "../ports/revocations.ts";
import { type DirectStore, inTransaction } from "./direct_store.ts";

type In<N extends keyof typeof Revocations> = z.output<typeof Revocations[N]["input"]>;

/**
 * Longer than a meeting token lives, with the ten minutes in which an expired one still gets a ticket. GC's database has bans
 * for good, gives nobody who is banned a token, and has this store know of them before it gives anybody else one.
 */
const KEEP_MS = 3_600_000;

/** Notes that a subject was removed. Removals and bans older than any token are deleted. */
export function revoke(store: DirectStore, { meeting_id, sub, banned, at_ms }: In<"revoke">): void {
  inTransaction(store, () => {
    store.run.revoke.run(meeting_id, sub, at_ms, banned ? 1 : 0);
    store.run.expire.run(at_ms - KEEP_MS);
  });
}

/** Whether a token of this subject, issued at `issued_ms`, is refused. */
export function isRevoked({ run }: DirectStore, { meeting_id, sub, issued_ms }: In<"revoked">): boolean {
  return run.revoked.get(meeting_id, sub, issued_ms) !== undefined;
}
