import {
  type ActorContext,
  type ActorRef,
  fail,
  type Failure,
  type Protocol,
  valueOf,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Lease, LiveStore } from "../../shared/store/live/mod.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { applyChange, type Meeting } from "./meeting.ts";
import type { MeetingStateInit } from "./meeting_state_init.ts";
import { heedNamed } from "./named_permissions.ts";
import { ageOf, fromStored } from "./snapshot.ts";

type Asker = Pick<ActorContext<Protocol>, "ask">;

/**
 * How many snapshots a meeting with people in it writes within `idleMs`: a snapshot's age then shows since when nobody has
 * been in.
 */
export const WRITES_WHILE_IDLE = 4;
/** Time for a failover: participants are away for 30 s, and may wait for the next controller. */
const failoverMs = 60_000;
/** The pause before a lease is released again. */
const retryMs = 2_000;

/**
 * Takes a meeting's lease, which fences out its previous controller, and loads the meeting from its snapshot. Where nobody
 * has been in it for so long that it would have ended, had its controller gone on, it is released instead: it begins anew
 * with the next assignment.
 *
 * @throws {Error} if the live store doesn't answer
 */
export async function openMeeting(
  context: Asker,
  { live, meetingId, place, now, limits: { idleMs } }: Pick<
    MeetingStateInit,
    "live" | "meetingId" | "place" | "now" | "limits"
  >,
): Promise<{ readonly lease: Lease; readonly meeting: Meeting } | Failure<"not_here">> {
  const acquired = await context.ask(live.leases, "acquire", { meeting_id: meetingId, ...place });
  if (!acquired.ok) {
    const { code, message } = acquired.error;
    if (code === "not_here") return fail(code, message);
    throw new Error(`Can't open the meeting: ${message}`);
  }
  const stored = valueOf(await context.ask(live.snapshots, "loadSnapshot", { meeting_id: meetingId }));
  if (ageOf(stored, now()) > idleMs + idleMs / WRITES_WHILE_IDLE + failoverMs) {
    const { generation } = acquired.value;
    valueOf(await context.ask(live.leases, "release", { meeting_id: meetingId, generation }));
    return fail("not_here", "The meeting's last run is over. It begins anew with the next assignment.");
  }
  const { creator, guest_banned, permission_changes } = acquired.value.facts;
  const meeting = fromStored(stored, creator, now());
  // A ban outlives the snapshot, as it is for good.
  if (guest_banned === true) meeting.guestsWait = true;
  const reset = heedNamed(meeting, permission_changes);
  if (reset !== undefined) applyChange(meeting, reset);
  return { lease: acquired.value, meeting };
}

/**
 * Releases a meeting's lease, its snapshot, and its media on the handler. While the store doesn't answer that is tried
 * again: nobody else would release what this controller's lease is for.
 */
export async function releaseMeeting(
  context: Pick<ActorContext<Protocol>, "ask" | "after">,
  { live }: Pick<MeetingStateInit, "live">,
  routing: ActorRef<typeof MediaRouting>,
  lease: Lease,
): Promise<void> {
  const [ended] = await Promise.all([context.ask(routing, "end", undefined), release(context, live, lease)]);
  if (ended.ok) return;
  const { code } = ended.error;
  logger("meeting").warn("a meeting's media could not be released", { meeting_id: lease.meeting_id, code });
}

async function release(
  context: Pick<ActorContext<Protocol>, "ask" | "after">,
  { leases }: Pick<LiveStore, "leases">,
  { meeting_id, generation }: Lease,
): Promise<void> {
  for (let tries = 0;; tries++) {
    const released = await context.ask(leases, "release", { meeting_id, generation });
    // Another controller has the meeting: the rest is its own.
    if (released.ok || released.error.code === "fenced") return;
    const { code } = released.error;
    if (tries === 0) logger("meeting").warn("a meeting's lease could not be released", { meeting_id, code });
    await new Promise<void>((again) => void context.after(retryMs, again));
  }
}
