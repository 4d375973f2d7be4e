import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { meeting } from "../../../protocol/rest/meetings.ts";
import { liveId, timeMs } from "./live_id.ts";

/** What a controller needs to know of a meeting to open it. */
export const meetingFacts = z.object({ meeting, org_id: liveId });

/** The right to run a meeting, and where. The generation fences: it rises each time the meeting is opened anew. */
export const lease = z.object({
  meeting_id: liveId,
  facts: meetingFacts,
  controller_id: liveId,
  instance_id: liveId,
  shard: liveId,
  /** Media handlers in the order of preference: the first carries the meeting, the next is its backup. */
  handlers: z.array(z.object({ id: liveId, link_url: z.string() })),
  generation: z.int(),
});

/** The shard that had a meeting when it ended. */
const endedAt = lease.pick({ controller_id: true, instance_id: true, shard: true });

/** Where each meeting runs. */
export const Leases = protocol({
  lease: ask(z.object({ meeting_id: liveId }), lease.nullable()),
  /** Which of these meetings are placed, and on which instance of which controller. */
  placed: ask(
    z.object({ meeting_ids: z.array(liveId).max(1_000) }),
    z.array(z.object({ meeting_id: liveId, controller_id: liveId, instance_id: liveId })),
  ),
  /** Places a meeting; refused when somebody placed it since `expected_generation` (0: it had no lease) was read. */
  assign: ask(
    lease.omit({ generation: true }).extend({ expected_generation: z.int() }),
    lease,
    ["changed", "ended"],
  ),
  /** A shard opens a meeting that was placed on it: the generation rises by one, older openings are fenced out. */
  acquire: ask(
    z.object({ meeting_id: liveId, controller_id: liveId, instance_id: liveId, shard: liveId }),
    lease,
    ["not_here"],
  ),
  /**
   * A meeting has ended: from now on nobody places it (`ended`) or opens it (`not_here`). Its lease stays until it is
   * released, so that its controller can be told. Answers the shard that has the meeting, or had it at an earlier end.
   */
  end: ask(z.object({ meeting_id: liveId, at_ms: timeMs }), endedAt.nullable()),
  /** Renews the facts of a running meeting (its settings were changed). */
  updateFacts: ask(z.object({ meeting_id: liveId, facts: meetingFacts }), z.void(), ["unknown"]),
  /** The meeting is over: its lease and snapshot go. */
  release: ask(z.object({ meeting_id: liveId, generation: z.int() }), z.void(), ["fenced"]),
});

export type MeetingFacts = z.infer<typeof meetingFacts>;
export type EndedAt = z.infer<typeof endedAt>;
export type Lease = z.infer<typeof lease>;
