import { z } from "zod";
import { type ActorRef, ask, local, protocol, tell } from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { type JoinRequest, participantSource } from "../../shared/protocol/mod.ts";
import { meetingFacts } from "../../shared/store/live/mod.ts";
import type { Joining } from "./admission.ts";
import type { Wire } from "../signaling/wire.ts";
import type { Connection } from "../signaling/connection.ts";

export interface JoinOrder {
  readonly claims: MeetingTokenClaims;
  readonly request: JoinRequest;
  readonly connection: ActorRef<typeof Connection>;
  /** The client's. */
  readonly address: string;
}

export interface Rebinding {
  readonly connection: ActorRef<typeof Connection>;
  readonly token: string;
  readonly expires_in: number;
}

const participant = { participantId: z.string() };
const byHost = { by: z.string() };
const update = z.object({
  ...participant,
  change: z.object({
    display_name: z.string().exactOptional(),
    hand_raised: z.boolean().exactOptional(),
  }),
});

export type Update = z.infer<typeof update>;

export const MeetingState = protocol({
  /** A client with a valid token for this meeting. */
  connect: tell(local<{ readonly wire: Wire; readonly claims: MeetingTokenClaims }>()),
  join: ask(local<JoinOrder>(), local<Joining>(), ["full", "locked", "removed"]),
  leave: tell(z.object(participant)),
  /** A fresh meeting token for the client of this connection, with a fresh binding. */
  rebind: tell(local<Rebinding>()),
  /** What a participant sends has changed. */
  sources: tell(z.object({ ...participant, sources: z.array(participantSource) })),
  speaker: tell(z.object({ participantId: z.string().nullable() })),
  update: ask(update, z.void()),
  chat: ask(
    z.object({ ...participant, text: z.string(), to: z.string().exactOptional() }),
    z.object({ message_id: z.string(), sent_at: z.string() }),
    ["not_found"],
  ),
  react: ask(z.object({ ...participant, reaction: z.string() }), z.void()),
  admit: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), z.void(), ["forbidden"]),
  deny: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), z.void(), ["forbidden"]),
  lock: ask(z.object({ ...byHost, locked: z.boolean() }), z.void(), ["forbidden", "unavailable"]),
  /** Everybody of that `sub` goes, joined, waiting or away, and is told `reason`; their tokens of before let nobody in. */
  removeSubject: ask(z.object({ sub: z.string(), reason: z.string() }), z.void(), ["unavailable"]),
  /** A host ends the meeting for everybody. */
  end: ask(z.object(byHost), z.void(), ["forbidden"]),
  /** The meeting is over: everybody is told, nothing of it is kept. */
  finish: ask(z.object({ reason: z.string() }), z.void()),
  /** Its settings were changed. */
  changeFacts: ask(meetingFacts, z.void()),
  /** Another controller has the meeting now. */
  fenced: tell(z.void()),
  /** How many are in it, for metrics and placement. */
  count: ask(z.void(), z.object({ joined: z.number(), waiting: z.number(), away: z.number() })),
});
