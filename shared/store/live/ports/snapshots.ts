import { z } from "zod";
import { ask, protocol } from "../../../actor/mod.ts";
import { liveId, UNAVAILABLE } from "./live_id.ts";

/** A message of a meeting's chat, as text. The numbers of a meeting's messages rise by one. */
const storedMessage = z.object({ number: z.int().min(1), message: z.string() });

/** How many messages of a meeting the store keeps: the last ones. */
export const KEPT_MESSAGES = 200;

/** The snapshots of meetings and their chats, by which a meeting survives its controller. */
export const Snapshots = protocol({
  /**
   * Stores a snapshot, unless it is null, and appends messages to the chat; a message whose number is stored is skipped.
   * Both are stored or none. Refused as `fenced` unless `generation` is that of the meeting's lease.
   */
  saveSnapshot: ask(
    z.object({
      meeting_id: liveId,
      generation: z.int(),
      snapshot: z.string().nullable(),
      chat: z.array(storedMessage),
    }),
    z.void(),
    ["fenced", UNAVAILABLE],
  ),
  /** The last snapshot, and the chat in the order of the numbers. */
  loadSnapshot: ask(
    z.object({ meeting_id: liveId }),
    z.object({ snapshot: z.string().nullable(), chat: z.array(storedMessage) }),
    [UNAVAILABLE],
  ),
});

export type StoredMessage = z.infer<typeof storedMessage>;
export type StoredMeeting = z.infer<typeof Snapshots.loadSnapshot.output>;
