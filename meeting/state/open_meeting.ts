import {
  type ActorContext,
  type ActorRef,
  fail,
  type Failure,
  type Protocol,
  valueOf,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Lease } from "../../shared/store/live/mod.ts";
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

/** Releases a meeting's lease, its snapshot, and its media on the handler. */
export async function releaseMeeting(
  context: Asker,
  { live }: Pick<MeetingStateInit, "live">,
  routing: ActorRef<typeof MediaRouting>,
  { meeting_id, generation }: Lease,
): Promise<void> {
  const outcomes = await Promise.all([
    context.ask(routing, "end", undefined),
    context.ask(live.leases, "release", { meeting_id, generation }),
  ]);
  for (const outcome of outcomes) {
    if (outcome.ok) continue;
    const { code } = outcome.error;
    logger("meeting").warn("a part of a meeting could not be released", { meeting_id, code });
  }
}
