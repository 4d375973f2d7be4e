import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { liveId } from "./live_id.ts";

/** The snapshots of meetings, by which a meeting survives its controller. */
export const Snapshots = protocol({
  /** Refused as `fenced` unless `generation` is that of the meeting's lease. */
  saveSnapshot: ask(
    z.object({ meeting_id: liveId, generation: z.int(), snapshot: z.string() }),
    z.void(),
    ["fenced", "unavailable"],
  ),
  loadSnapshot: ask(z.object({ meeting_id: liveId }), z.string().nullable(), ["unavailable"]),
});
