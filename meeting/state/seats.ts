import type { Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { isHostIn, type Meeting, seated } from "./meeting.ts";
import type { Attendee } from "./participant.ts";

export interface SeatLimits {
  /** How many participants one subject may be at the same time, waiting ones included. */
  readonly perSubject: number;
  /** How many participants may wait. */
  readonly waiting: number;
}

/** How many more seats there are for those who are no hosts: one is kept for a host while none is in. */
export function seatsLeft(meeting: Meeting, { max_participants: max }: WireMeeting): number {
  const isKept = max > 1 && !isHostIn(meeting);
  return max - (isKept ? 1 : 0) - seated(meeting).length;
}

/** The participants of one subject, one a device. */
export function devicesOf({ attendees }: Meeting, sub: string): Attendee[] {
  return [...attendees.values()].filter((attendee) => attendee.sub === sub);
}
