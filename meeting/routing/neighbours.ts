import { z } from "zod";
import { local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MediaReport } from "../../shared/protocol/media/control.ts";
import { meetingHandlers, participantSource } from "../../shared/protocol/mod.ts";

const participant = { participantId: z.string() };

/** The messages from a link to whoever has a meeting opened on its handler. */
export const ReportTaker = protocol({
  /** Reports from the handler, in the order of the events. */
  reported: tell(local<{ readonly reports: readonly MediaReport[] }>()),
});

/** The messages from a meeting's routing to a client's connection. */
export const MediaClient = protocol({
  /** Notifications as frames, in the order in which they are sent. */
  notify: tell(z.array(z.string())),
});

/** The messages from a meeting's routing to the meeting. */
export const MediaMeeting = protocol({
  /** A participant's sources have changed. */
  sources: tell(z.object({ ...participant, sources: z.array(participantSource) })),
  /** The loudest speaker has changed; null for silence. */
  speaker: tell(z.object({ participantId: z.string().nullable() })),
  /** What a participant receives and sends has become better or worse. */
  quality: tell(z.object({ ...participant, level: z.enum(["good", "fair", "poor"]) })),
  /** A participant's connection takes no more notifications: the client has to resume. */
  overflowed: tell(z.object(participant)),
  /** GC has given the meeting other handlers. */
  handlers: tell(meetingHandlers),
  /** A controller of a newer generation than this one has the meeting. */
  fenced: tell(z.object({ generation: z.int() })),
});
