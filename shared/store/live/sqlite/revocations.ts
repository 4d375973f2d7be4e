import type { z } from "zod";
import { KEEP_REVOCATIONS_MS, type Revocations } from "../ports/revocations.ts";
import { type DirectStore, inTransaction } from "./direct_store.ts";

type In<N extends keyof typeof Revocations> = z.output<typeof Revocations[N]["input"]>;

/** Notes that a subject was removed. Removals and bans older than any token are deleted. */
export function revoke(store: DirectStore, { meeting_id, sub, banned, at_ms }: In<"revoke">): void {
  inTransaction(store, () => {
    store.run.revoke.run(meeting_id, sub, at_ms, banned ? 1 : 0);
    store.run.expire.run(at_ms - KEEP_REVOCATIONS_MS);
  });
}

/** Whether a token of this subject, issued at `issued_ms`, is refused. */
export function isRevoked({ run }: DirectStore, { meeting_id, sub, issued_ms }: In<"revoked">): boolean {
  return run.revoked.get(meeting_id, sub, issued_ms) !== undefined;
}
