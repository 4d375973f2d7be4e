import { z } from "zod";
import { type ActorRef, ask, local, protocol, tell } from "../../shared/actor/mod.ts";
import { type JoinAnswer, mediaSource, meetingRoster, permissionsChange } from "../../shared/protocol/mod.ts";
import { meetingFactsChange } from "../../shared/store/live/mod.ts";
import type { FreshToken } from "../platform/upstream.ts";
import { MediaMeeting } from "../routing/neighbours.ts";
import type { JoinCommand } from "./commands/join.ts";
import type { Caller, MeetingClient } from "./meeting_client.ts";

export interface JoinOrder extends JoinCommand {
  readonly client: ActorRef<typeof MeetingClient>;
}

export interface Rebinding extends FreshToken {
  readonly participantId: string;
}

const participant = { participantId: z.string() };
const byHost = { by: z.string() };
/** The meeting is over, or not here any more. */
const over = "over";
/** It is done. With `durable: false` the loss of a store would undo it. */
const done = z.object({ durable: z.literal(false).exactOptional() });

export const MeetingState = protocol({
  ...MediaMeeting,
  /** Answered once the meeting is open. */
  ready: ask(z.void(), z.void(), [over]),
  /** Hands the meeting over to another controller, as `Migrated` says. */
  migrate: ask(z.void(), z.enum(["moved", "stayed", "vacant"]), [over]),
  connect: tell(local<Caller>()),
  /** Answered once the participant is in, or in the waiting room, and the snapshot with them is stored. */
  join: ask(local<JoinOrder>(), local<JoinAnswer>(), [
    "full",
    "locked",
    "removed",
    "waiting_room_full",
    /** Somebody would wait who has asked to be let in again and again. */
    "too_often",
    "no_guests",
    "no_externals",
    "unavailable",
    /** The meeting goes on elsewhere. */
    "moved",
    over,
  ]),
  /**
   * `backWithinMs`: the participant may come back, and is away for so long once the connection is gone. Whoever goes on over
   * a newer connection doesn't leave.
   */
  leave: ask(
    z.object({
      ...participant,
      client: local<ActorRef<typeof MeetingClient>>(),
      backWithinMs: z.number().exactOptional(),
    }),
    z.void(),
  ),
  /** The meeting's own: calls back once all that came before has been taken in. */
  inTurn: tell(local<() => void>()),
  /** Hands a participant a fresh meeting token, with a fresh binding token. What it says of their role holds. */
  rebind: tell(local<Rebinding>()),
  /** The participant's client has the binding token of its join's answer. */
  confirmBinding: tell(
    z.object({ ...participant, bindingToken: z.string(), client: local<ActorRef<typeof MeetingClient>>() }),
  ),
  update: ask(
    z.object({
      ...participant,
      change: z.object({
        display_name: z.string().exactOptional(),
        hand_raised: z.boolean().exactOptional(),
      }),
    }),
    done,
    ["forbidden", "too_often", over],
  ),
  chat: ask(
    z.object({ ...participant, text: z.string(), to: z.string().exactOptional() }),
    done.extend({ message_id: z.string(), sent_at: z.string() }),
    ["not_found", "forbidden", "too_often", over],
  ),
  react: ask(z.object({ ...participant, reaction: z.string() }), done, ["too_often", over]),
  admit: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), done, [
    "forbidden",
    "full",
    over,
  ]),
  deny: ask(z.object({ ...byHost, participantIds: z.array(z.string()) }), done, [
    "forbidden",
    "not_found",
    over,
  ]),
  lock: ask(z.object({ ...byHost, locked: z.boolean() }), done, ["forbidden", "too_often", over]),
  mute: ask(z.object({ ...byHost, ...participant, source: mediaSource, muted: z.boolean() }), done, [
    "forbidden",
    "not_found",
    "too_often",
    over,
  ]),
  muteAll: ask(z.object({ ...byHost, source: mediaSource }), done, ["forbidden", "too_often", over]),
  askUnmute: ask(z.object({ ...byHost, ...participant, source: mediaSource }), done, [
    "forbidden",
    "not_found",
    "too_often",
    over,
  ]),
  permissions: ask(z.object({ ...byHost, permissions: permissionsChange }), done, [
    "forbidden",
    "too_often",
    over,
  ]),
  suspend: ask(z.object(byHost), done, ["forbidden", over]),
  giveRole: ask(z.object({ ...byHost, ...participant, role: z.enum(["host", "participant"]) }), done, [
    "forbidden",
    "not_found",
    "too_often",
    over,
  ]),
  /** A host's removal: of all participants of the participant's `sub`. */
  remove: ask(
    z.object({ ...byHost, ...participant, ban: z.boolean() }),
    done,
    ["forbidden", "not_found", over],
  ),
  /** Removes all participants of a `sub`, joined, waiting or away, and refuses its tokens that were issued before. */
  removeSubject: ask(z.object({ sub: z.string() }), z.void(), ["unavailable", over]),
  /** A host's request to end the meeting for everybody. `unavailable`: it goes on, since its end could not be stored. */
  end: ask(z.object(byHost), z.void(), ["forbidden", "unavailable", over]),
  /** Ends the meeting: everybody is told, and its lease and snapshot are released. */
  finish: ask(z.object({ reason: z.string() }), z.void()),
  /** The meeting's settings were changed. */
  changeFacts: ask(meetingFactsChange, z.void(), [over]),
  /** Everybody in the meeting and in its waiting room. */
  roster: ask(z.void(), meetingRoster, [over]),
  /** The live store has lost data: the meeting writes back what it knows. */
  storeLost: tell(z.void()),
  /** As the live store says, another controller has the meeting, at this generation. */
  placedElsewhere: tell(z.object({ generation: z.int() })),
  /** How many participants the meeting has, and whether its last write failed; for metrics, placement and readiness. */
  count: ask(
    z.void(),
    z.object({ joined: z.number(), waiting: z.number(), away: z.number(), unstored: z.boolean() }),
  ),
});
