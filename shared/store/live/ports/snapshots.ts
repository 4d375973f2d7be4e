import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { liveId } from "./live_id.ts";

/** What a meeting must not forget when its controller dies. */
export const Snapshots = protocol({
  /** Refused unless `generation` is that of the meeting's lease. */
  saveSnapshot: ask(
    z.object({ meeting_id: liveId, generation: z.int(), snapshot: z.string() }),
    z.void(),
    ["fenced"],
  ),
  loadSnapshot: ask(z.object({ meeting_id: liveId }), z.string().nullable()),
});
