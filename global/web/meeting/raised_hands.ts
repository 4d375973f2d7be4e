import type { Participant } from "../../../shared/protocol/signaling.ts";

/** The ids of those who raised a hand, in the order in which they did. */
export function raisedHands(participants: readonly Participant[]): string[] {
  return participants.filter(({ hand_raised }) => hand_raised)
    .toSorted((a, b) => (a.hand_raised_at ?? "").localeCompare(b.hand_raised_at ?? ""))
    .map(({ participant_id }) => participant_id);
}
