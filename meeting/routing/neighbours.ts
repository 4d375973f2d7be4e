import { z } from "zod";
import { protocol, tell } from "../../shared/actor/mod.ts";
import { participantSource } from "../../shared/protocol/mod.ts";

const participant = { participantId: z.string() };

/** What a meeting's routing tells a client's connection. */
export const MediaClient = protocol({
  /** Notifications, as frames, in their order. */
  notify: tell(z.array(z.string())),
});

/** What a meeting's routing tells the meeting. */
export const MediaMeeting = protocol({
  /** What a participant sends has changed. */
  sources: tell(z.object({ ...participant, sources: z.array(participantSource) })),
  /** Who speaks loudest; null for silence. */
  speaker: tell(z.object({ participantId: z.string().nullable() })),
  /** A participant's connection takes no more notifications: the client has to resume. */
  overflowed: tell(z.object(participant)),
  /** A newer controller has the meeting. */
  fenced: tell(z.void()),
});
