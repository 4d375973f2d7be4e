import { siteKey } from "../../shared/limits/address_key.ts";
import type { Meeting as WireMeeting } from "../../shared/protocol/mod.ts";
import { isHostIn, type Meeting, seated, waitingRoom } from "./meeting.ts";
import type { Attendee } from "./participant.ts";

export interface SeatLimits {
  /** How many participants one subject may be at the same time, waiting ones included. */
  readonly perSubject: number;
  /** How many participants may wait, as `isWaitingRoomFull` counts them. */
  readonly waiting: number;
}

/** How many more seats there are for those who are no hosts: one is kept for a host while none is in. */
export function seatsLeft(meeting: Meeting, { max_participants: max }: WireMeeting): number {
  const isKept = max > 1 && !isHostIn(meeting);
  return max - (isKept ? 1 : 0) - seated(meeting).length;
}

/**
 * The places of one site count up to this part for others: whoever has two sites, a line's IPv4 address and its IPv6 prefix,
 * and those of a telephone, too, leaves places to others.
 */
const SITE_PART = 5;

/**
 * Whether nobody more from an address may wait. An office may fill all places: people share its address. But of those who
 * come from one site, only a part counts for others: a guest gets a new identity for the asking, and a new address out of
 * many in IPv6, so that one could take all. So fewer than twice as many may wait at the most.
 */
export function isWaitingRoomFull(meeting: Meeting, address: string, { waiting: most }: SeatLimits): boolean {
  const room = waitingRoom(meeting);
  if (room.length < most) return false;
  const share = Math.ceil(most / SITE_PART);
  const counts = new Map<string, number>();
  let counted = 0;
  for (const one of room) {
    const key = siteKey(one.address);
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    // After a restart an address is unknown until its participant is back.
    if (before < share || one.address === "") counted++;
  }
  return counted >= most || (counts.get(siteKey(address)) ?? 0) >= share;
}

/** The participants of one subject, one a device. */
export function devicesOf({ attendees }: Meeting, sub: string): Attendee[] {
  return [...attendees.values()].filter((attendee) => attendee.sub === sub);
}
