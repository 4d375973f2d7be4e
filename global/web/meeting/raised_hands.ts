import type { Participant } from "../../../shared/protocol/signaling.ts";

/** The ids of those who raised a hand, in the order in which they did. */
export function raisedHands(participants: readonly Participant[]): string[] {
  return participants.filter(({ hand_raised }) => hand_raised)
    .map(({ participant_id }) => participant_id);
}
