import type { ChatMessage } from "../../../shared/protocol/signaling.ts";

/**
 * How many messages of others came after the one that was seen last. Messages are told apart by their ids: a list that
 * was cut at its start, or fetched anew by a resume, counts as the one before. One that was seen and is cut off counts
 * as older than all.
 */
export function unreadCount(
  chat: readonly ChatMessage[],
  seenId: string | undefined,
  selfId: string | undefined,
): number {
  const seen = chat.findLastIndex(({ message_id }) => message_id === seenId);
  return chat.slice(seen + 1).filter(({ from }) => from !== selfId).length;
}
