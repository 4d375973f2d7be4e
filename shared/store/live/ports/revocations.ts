import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { liveId, timeMs, UNAVAILABLE } from "./live_id.ts";

/**
 * How long a removal is kept: longer than a meeting token lives, with the ten minutes in which an expired one still gets a
 * ticket. GC's database has bans for good, gives nobody who is banned a token, and has this store know of them before it
 * gives anybody else one.
 */
export const KEEP_REVOCATIONS_MS = 3_600_000;

/** The subjects whose meeting tokens are refused before they expire. */
export const Revocations = protocol({
  /** Refuses a subject's tokens for a meeting that were issued up to `at_ms`, and with `banned` all later ones, too. */
  revoke: ask(z.object({ meeting_id: liveId, sub: liveId, banned: z.boolean(), at_ms: timeMs }), z.void(), [
    UNAVAILABLE,
  ]),
  /** Whether a token that was issued at `issued_ms` is revoked. */
  revoked: ask(z.object({ meeting_id: liveId, sub: liveId, issued_ms: timeMs }), z.boolean(), [
    UNAVAILABLE,
  ]),
});
