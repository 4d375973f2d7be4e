import type { ActorRef } from "../../shared/actor/mod.ts";
import { type NotificationData, notificationFrame } from "../../shared/protocol/mod.ts";
import type { Connection } from "../signaling/connection.ts";
import type { Meeting } from "./meeting.ts";
import { type Attendee, toWire } from "./participant.ts";
import type { CloseCode } from "../signaling/wire.ts";

type Listener = ActorRef<typeof Connection>;

/** Who of a meeting has a connection now, and what they are told. Part of the meeting's state. */
export class Audience {
  readonly #meeting: Meeting;
  readonly #connections = new Map<string, Listener>();

  constructor(meeting: Meeting) {
    this.#meeting = meeting;
  }

  of(participantId: string): Listener | undefined {
    return this.#connections.get(participantId);
  }

  /** Whose connection it is. */
  ownerOf(connection: Listener): Attendee | undefined {
    for (const [participantId, { id }] of this.#connections) {
      if (id === connection.id) return this.#meeting.attendees.get(participantId);
    }
    return undefined;
  }

  enter(participantId: string, connection: Listener): void {
    this.#connections.set(participantId, connection);
  }

  leave(participantId: string): void {
    this.#connections.delete(participantId);
  }

  /** Ends every connection. */
  endAll(code: CloseCode, reason: string): void {
    for (const connection of this.#connections.values()) connection.tell("end", { code, reason });
  }

  isJoined(participantId: string): boolean {
    return this.#meeting.attendees.get(participantId)?.state === "joined";
  }

  /** The host of this id, if that is one and is here. */
  host(participantId: string): Attendee | undefined {
    const attendee = this.#meeting.attendees.get(participantId);
    return attendee?.state === "joined" && attendee.role === "host" ? attendee : undefined;
  }

  /** Tells everybody who is in the meeting, as its next revision. */
  tellAll(frame: (rev: number) => string, except?: string): void {
    const text = frame(++this.#meeting.rev);
    for (const [participantId, connection] of this.#connections) {
      if (participantId !== except && this.isJoined(participantId)) connection.tell("notify", text);
    }
  }

  /** What is no part of the meeting's state has no revision. */
  tellAllInPassing(text: string): void {
    for (const [participantId, connection] of this.#connections) {
      if (this.isJoined(participantId)) connection.tell("notify", text);
    }
  }

  tell(participantIds: Iterable<string>, text: string): void {
    for (const participantId of participantIds) this.#connections.get(participantId)?.tell("notify", text);
  }

  tellHosts(text: string): void {
    for (const [participantId, connection] of this.#connections) {
      if (this.host(participantId) !== undefined) connection.tell("notify", text);
    }
  }

  joined(attendee: Attendee): void {
    const participant = toWire(attendee);
    this.tellAll(
      (rev) => notificationFrame("participant.joined", { rev, participant }),
      attendee.participantId,
    );
  }

  updated(attendee: Attendee): void {
    const participant = toWire(attendee);
    this.tellAll((rev) => notificationFrame("participant.updated", { rev, participant }));
  }

  /** Those who never were in the meeting leave unseen, but for the hosts who saw them wait. */
  left({ participantId, state }: Attendee, reason: NotificationData<"participant.left">["reason"]): void {
    const participant_id = participantId;
    if (state === "waiting") {
      this.tellHosts(notificationFrame("participant.left", { participant_id, reason }));
    } else this.tellAll((rev) => notificationFrame("participant.left", { rev, participant_id, reason }));
  }
}
