import { notificationFrame } from "../../shared/protocol/mod.ts";
import { announced, type Meeting } from "./meeting.ts";

/**
 * The notifications for a participant who comes in, or back, of what the others were told in passing: who speaks, and how
 * good each one's media is. No join's answer has it. Whoever comes back may have heard of a speaker, and is told that nobody
 * speaks any more.
 */
export function catchUp(meeting: Meeting, how: "in" | "back"): string[] {
  const { speaker, quality } = meeting;
  const levels = announced(meeting).flatMap(({ participantId: participant_id }) => {
    const level = quality.get(participant_id);
    return level === undefined ? [] : [notificationFrame("quality", { participant_id, level })];
  });
  if (speaker === null && how === "in") return levels;
  return [notificationFrame("speaker.active", { participant_id: speaker }), ...levels];
}
