import { notificationFrame } from "../../shared/protocol/mod.ts";
import { announced, type Meeting } from "./meeting.ts";

/**
 * The notifications for a participant who comes in of what the others were told in passing: who speaks, and how good each
 * one's media is. No join's answer has it.
 */
export function catchUp(meeting: Meeting): string[] {
  const { speaker, quality } = meeting;
  return announced(meeting).flatMap(({ participantId: participant_id }) => {
    const level = quality.get(participant_id);
    return [
      ...level === undefined ? [] : [notificationFrame("quality", { participant_id, level })],
      ...participant_id === speaker ? [notificationFrame("speaker.active", { participant_id })] : [],
    ];
  });
}
