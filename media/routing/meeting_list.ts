import { type ActorRef, fail, type Failure } from "../../shared/actor/mod.ts";
import type { Load } from "../telemetry/load.ts";
import type { MeetingRouter } from "./meeting_router_messages.ts";
import type { ControlRefusal } from "./routing_messages.ts";
import type { ListedWorker } from "./worker_list.ts";

/** One router of a meeting, as the routing table knows it. */
export interface PlacedRouter {
  readonly id: string;
  readonly meeting: Meeting;
  readonly ref: ActorRef<typeof MeetingRouter>;
  readonly worker: ListedWorker;
  load: Load;
}

/** One meeting, as the routing table knows it. */
export interface Meeting {
  readonly id: string;
  generation: number;
  /** The number of the last batch of this generation that was handed to the routers; 0 before the first. */
  batch: number;
  /** The link that speaks for the meeting and gets its reports. */
  link: string | undefined;
  readonly routers: Map<string, PlacedRouter>;
  cancelOrphan: () => void;
}

export interface MeetingList {
  readonly running: Map<string, Meeting>;
  /** The generations of meetings that ended, the oldest first. */
  readonly ended: Map<string, number>;
}

interface Fence {
  readonly meeting_id: string;
  readonly generation: number;
  readonly link: string;
}

/** The generations of this many ended meetings are remembered: a controller that lost one of them can't reopen it. */
const maxEnded = 10_000;

export function createMeetingList(): MeetingList {
  return { running: new Map(), ended: new Map() };
}

export function createMeeting(id: string, generation: number): Meeting {
  return { id, generation, batch: 0, link: undefined, routers: new Map(), cancelOrphan: () => {} };
}

/** Refuses a generation that is lower than the highest one seen of the meeting. */
export function refuseStale(
  { running, ended }: MeetingList,
  { meeting_id, generation }: Omit<Fence, "link">,
): Failure<ControlRefusal> | undefined {
  const seen = running.get(meeting_id)?.generation ?? ended.get(meeting_id);
  if (seen === undefined || generation >= seen) return undefined;
  return fail("stale_generation", "A newer controller has this meeting");
}

/** The meeting that the link opened. A higher generation of that link counts from now on. */
export function meetingOf(list: MeetingList, fence: Fence): Meeting | Failure<ControlRefusal> {
  const stale = refuseStale(list, fence);
  if (stale !== undefined) return stale;
  const meeting = list.running.get(fence.meeting_id);
  if (meeting === undefined || meeting.link !== fence.link) {
    return fail("not_found", "The meeting was not opened on this link");
  }
  raiseGeneration(meeting, fence.generation);
  return meeting;
}

/** Each generation numbers its batches anew. */
export function raiseGeneration(meeting: Meeting, generation: number): void {
  if (generation === meeting.generation) return;
  meeting.generation = generation;
  meeting.batch = 0;
}

/** Takes a meeting off the list, except for its generation. */
export function endMeeting({ running, ended }: MeetingList, { id, generation }: Meeting): void {
  running.delete(id);
  ended.delete(id);
  ended.set(id, generation);
  const [oldest] = ended.keys();
  if (ended.size > maxEnded && oldest !== undefined) ended.delete(oldest);
}
