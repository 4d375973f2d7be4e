import type { MeetingOfferAnswer } from "../../shared/protocol/mod.ts";

export interface OfferInit {
  readonly maxMeetings: number;
  readonly maxParticipants: number;
  /** What all shards have now. */
  readonly load: () => Promise<{ readonly meetings: number; readonly participants: number }>;
  readonly isDraining: () => boolean;
}

/** Whether a controller takes one more meeting: what GC knows of its load is as old as the last heartbeat. */
export async function answerOffer(
  { maxMeetings, maxParticipants, load, isDraining }: OfferInit,
): Promise<MeetingOfferAnswer> {
  if (isDraining()) return { accepted: false, reason: "draining" };
  const { meetings, participants } = await load();
  const isFull = meetings >= maxMeetings || participants >= maxParticipants;
  return isFull ? { accepted: false, reason: "at_capacity" } : { accepted: true };
}
