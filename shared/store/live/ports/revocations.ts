import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { liveId, timeMs } from "./live_id.ts";

/** Whose meeting tokens are refused before they expire. */
export const Revocations = protocol({
  /** Refuses every token of this subject for this meeting that was issued before now; with `banned` all later ones too. */
  revoke: ask(z.object({ meeting_id: liveId, sub: liveId, banned: z.boolean(), at_ms: timeMs }), z.void()),
  /** Is a token issued at `issued_ms` revoked? */
  revoked: ask(z.object({ meeting_id: liveId, sub: liveId, issued_ms: timeMs }), z.boolean()),
});
