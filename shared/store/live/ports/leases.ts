import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { permissionsChange } from "../../../protocol/rest/meeting_settings.ts";
import { meeting } from "../../../protocol/rest/meetings.ts";
import { liveId, timeMs, UNAVAILABLE } from "./live_id.ts";

/** By permission, how often changes of the meeting's settings have named it. Absent: never. */
export const permissionChanges = z.record(z.string(), z.int());

/** The facts of a meeting that a controller needs to open it. */
const meetingFacts = z.object({
  meeting,
  org_id: liveId,
  /** The `sub` of the creator, who always is a host. Absent in older leases. */
  creator: liveId.exactOptional(),
  /**
   * A host has banned somebody, in this run or an earlier one: who is no member waits. Absent where that isn't so. The name
   * is of when a guest's ban alone counted; controllers of then read it.
   */
  guest_banned: z.literal(true).exactOptional(),
  /** Where one is higher than when a host changed that permission for a run, the meeting's setting holds again. */
  permission_changes: permissionChanges.exactOptional(),
});

/** A change of a meeting's facts, with the permissions that it names: also those that keep their value. */
export const meetingFactsChange = meetingFacts.extend({
  named_permissions: z.array(permissionsChange.keyof()).exactOptional(),
});

/** So many generations belong to one term: the assignment's, and one for each opening. */
export const GENERATIONS_PER_TERM = 2 ** 20;

/** Whether nobody has opened a meeting since it was assigned. */
export function isUnopened({ generation }: Pick<Lease, "generation">): boolean {
  return generation % GENERATIONS_PER_TERM === 0;
}

/** The instance of a lease that nobody may open: GC has to assign the meeting anew. No process is called so. */
export const NO_INSTANCE = "none";

/** The generation of a term's assignment. Each opening's is one more. */
export function firstGeneration(term: number): number {
  return term * GENERATIONS_PER_TERM;
}

/** The right to run a meeting, and where. The generation fences: it rises each time the meeting is opened anew. */
export const lease = z.object({
  meeting_id: liveId,
  facts: meetingFacts,
  controller_id: liveId,
  instance_id: liveId,
  shard: liveId,
  /** Media handlers in the order of preference: the first carries the meeting, the next is its backup. */
  handlers: z.array(z.object({
    id: liveId,
    link_url: z.string(),
    /** Where it runs. Absent in older leases. */
    region: z.string().exactOptional(),
  })),
  generation: z.int(),
});

/** How long an end is kept: longer than a caller acts on a lease that it read before. The durable store keeps it for good. */
export const KEEP_ENDS_MS = 24 * 3_600_000;

/** The shard that had a meeting when it ended. */
const endedAt = lease.pick({ controller_id: true, instance_id: true, shard: true });

const placedLease = lease.pick({
  meeting_id: true,
  controller_id: true,
  instance_id: true,
  shard: true,
  generation: true,
});

/** The most meetings of one request. */
export const MOST_LEASES = 1_000;

/** A lease that is held is noted as used once in this time: each note is a write. */
export const NOTE_USE_MS = 10 * 60_000;

const meetingIds = z.array(liveId).max(MOST_LEASES);

/** Since when nobody has placed, opened or held a lease, so that it counts as unused, in milliseconds. */
const unusedSince = {
  unused_ms: z.int().min(0),
  /** The same for a lease that was never opened: somebody has had a meeting placed and hasn't come. */
  unopened_ms: z.int().min(0),
};

const epoch = z.object({
  epoch: z.string(),
  /**
   * Present while controllers may still write back what the store has lost: the lease of a meeting that was made before
   * this may be missing though somebody runs it.
   */
  lost_before_ms: timeMs.exactOptional(),
});

/** The leases of all meetings: each names the shard that runs the meeting. */
export const Leases = protocol({
  lease: ask(z.object({ meeting_id: liveId }), lease.nullable(), [UNAVAILABLE]),
  /** Which of these meetings are placed, and on which shard of which instance of which controller. */
  placed: ask(z.object({ meeting_ids: meetingIds }), z.array(placedLease), [UNAVAILABLE]),
  /** The same for the controller that runs these meetings: those that are placed on it are in use now. */
  hold: ask(
    z.object({ meeting_ids: meetingIds, controller_id: liveId, instance_id: liveId }),
    z.array(placedLease),
    [UNAVAILABLE],
  ),
  /** Leases that are unused, at most `MOST_LEASES`. One of an older program isn't among them before somebody uses it. */
  unused: ask(z.object(unusedSince), z.array(placedLease), [UNAVAILABLE]),
  /**
   * Deletes the lease, the snapshot and the chat of those of these meetings that are unused at this moment. A controller
   * that runs one in spite of that writes them back.
   */
  forget: ask(z.object({ meeting_ids: meetingIds, ...unusedSince }), z.void(), [UNAVAILABLE]),
  /** The meetings that are placed on a shard. */
  placedOn: ask(
    z.object({ controller_id: liveId, instance_id: liveId, shard: liveId }),
    z.array(liveId),
    [UNAVAILABLE],
  ),
  /**
   * Places a meeting in a `term` that the durable store has given to this assignment alone. Refused as `changed` if its
   * generation is no longer `expected_generation` (0: no lease) or a later term is known, and as `settling` while the
   * controller of a meeting that is older than the store's epoch may still write its lease back.
   */
  assign: ask(
    lease.omit({ generation: true }).extend({ expected_generation: z.int(), term: z.int().min(1) }),
    lease,
    ["changed", "ended", "settling", UNAVAILABLE],
  ),
  /**
   * A shard opens a meeting that was placed on it. The generation rises by one, which fences out earlier openings. A lease
   * that the store had lost since its assignment can't tell whether that generation was given before: it is refused as
   * `not_here`, and GC has to assign the meeting anew.
   */
  acquire: ask(
    z.object({ meeting_id: liveId, controller_id: liveId, instance_id: liveId, shard: liveId }),
    lease,
    ["not_here", UNAVAILABLE],
  ),
  /**
   * Marks a meeting as ended: from now on it can't be placed (`ended`) or opened (`not_here`). Its lease stays until it is
   * released, so that its controller can be told. Answers the shard that has the meeting, or had it at an earlier end.
   */
  end: ask(z.object({ meeting_id: liveId, at_ms: timeMs }), endedAt.nullable(), [UNAVAILABLE]),
  /** Replaces the facts of a running meeting after a change of its settings. */
  updateFacts: ask(z.object({ meeting_id: liveId, facts: meetingFacts }), z.void(), ["unknown", UNAVAILABLE]),
  /** Replaces the handlers of a running meeting. Refused as `fenced` where it was placed or opened anew since. */
  updateHandlers: ask(
    lease.pick({ meeting_id: true, generation: true, handlers: true }),
    z.void(),
    ["fenced", UNAVAILABLE],
  ),
  /** Deletes the lease, the snapshot and the chat of a meeting that is over. */
  release: ask(z.object({ meeting_id: liveId, generation: z.int() }), z.void(), ["fenced", UNAVAILABLE]),
  /**
   * Writes a lease that the store has lost. Refused as `fenced` where the store knows of that generation or a higher one,
   * released ones too, or of the meeting's end.
   */
  writeBack: ask(lease, z.void(), ["fenced", UNAVAILABLE]),
  /** Another answer than before means that the store has lost data: all of it, or the last changes. */
  epoch: ask(z.void(), epoch, [UNAVAILABLE]),
});

export type PermissionChanges = Readonly<z.infer<typeof permissionChanges>>;
export type MeetingFacts = z.infer<typeof meetingFacts>;
export type MeetingFactsChange = z.infer<typeof meetingFactsChange>;
export type Epoch = z.infer<typeof epoch>;
export type EndedAt = z.infer<typeof endedAt>;
export type Lease = z.infer<typeof lease>;

/** Whether a lease is a shard's, of this run of its controller. */
export function isHeldBy(
  lease: Lease,
  { controller_id, instance_id, shard }: Pick<Lease, "controller_id" | "instance_id" | "shard">,
): boolean {
  return lease.controller_id === controller_id && lease.instance_id === instance_id && lease.shard === shard;
}
