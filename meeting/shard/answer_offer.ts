import type { MeetingOfferAnswer } from "../../shared/protocol/mod.ts";

export interface OfferInit {
  readonly maxMeetings: number;
  readonly maxParticipants: number;
  /** What all shards have now. */
  readonly load: () => Promise<{ readonly meetings: number; readonly participants: number }>;
  readonly isDraining: () => boolean;
  /** Whether the live store answers this controller: without it no meeting is opened here. */
  readonly doesStoreAnswer: () => Promise<boolean>;
}

/**
 * Whether a controller takes one more meeting: what GC knows of its load is as old as the last heartbeat. One that the live
 * store doesn't answer seems to be the emptiest of all, since nobody gets in.
 */
export async function answerOffer(
  { maxMeetings, maxParticipants, load, isDraining, doesStoreAnswer }: OfferInit,
): Promise<MeetingOfferAnswer> {
  if (isDraining()) return { accepted: false, reason: "draining" };
  const [{ meetings, participants }, isStoreThere] = await Promise.all([load(), doesStoreAnswer()]);
  if (!isStoreThere) return { accepted: false, reason: "store_away" };
  const isFull = meetings >= maxMeetings || participants >= maxParticipants;
  return isFull ? { accepted: false, reason: "at_capacity" } : { accepted: true };
}
