import type { ActorRef } from "../../shared/actor/mod.ts";
import { type CloseCode, notificationFrame } from "../../shared/protocol/mod.ts";
import type { Notice } from "./decision.ts";
import { admitters, type Meeting } from "./meeting.ts";
import type { MeetingClient } from "./meeting_client.ts";

export type Client = ActorRef<typeof MeetingClient>;

/** A meeting's connections, by participant. Part of the meeting's state. */
export class Audience {
  readonly #clients = new Map<string, Client>();
  /** All connections, those that have not joined included, by the connection's id. */
  readonly #connected = new Map<string, Client>();
  /** The ids of connections whose join is not answered yet. */
  readonly #unanswered = new Set<string>();
  /** Called with a connection that takes no more notifications. */
  readonly #onOverflow: (client: Client) => void;

  constructor(onOverflow: (client: Client) => void) {
    this.#onOverflow = onOverflow;
  }

  connect(client: Client): void {
    this.#connected.set(client.id, client);
  }

  disconnect(client: Client): void {
    this.#connected.delete(client.id);
    this.#unanswered.delete(client.id);
  }

  of(participantId: string): Client | undefined {
    return this.#clients.get(participantId);
  }

  /** Whether the connection is a participant's. */
  isBound(client: Client): boolean {
    return this.#clients.values().some(({ id }) => id === client.id);
  }

  has(participantId: string, client: Client): boolean {
    return this.#clients.get(participantId)?.id === client.id;
  }

  /** Makes a connection a participant's own. Until its join is answered it is told nothing that the answer will have. */
  enter(participantId: string, client: Client): void {
    this.#clients.set(participantId, client);
    this.#unanswered.add(client.id);
  }

  /** The answer to a connection's join describes the meeting as it is now. */
  answered(client: Client): void {
    this.#unanswered.delete(client.id);
  }

  leave(participantId: string): void {
    this.#clients.delete(participantId);
  }

  /** Sends a notice to its recipients. A notice to everyone is the meeting's next revision. */
  tell(meeting: Meeting, notice: Notice): void {
    const { to, except, type, data } = notice;
    const rev = to === "everyone" ? { rev: ++meeting.rev } : {};
    // Type and data belong together in every notice, which TypeScript can't follow through the union.
    const frame = notificationFrame(type, { ...data, ...rev } as Parameters<typeof notificationFrame>[1]);
    const isFor = recipientsOf(meeting, to);
    for (const [participantId, client] of this.#clients) {
      if (participantId === except || !isFor(participantId)) continue;
      if (this.#unanswered.has(client.id) && isInAnswer(notice)) continue;
      if (type === "session.bound") this.#bind(client, frame);
      else this.notify(client, frame);
    }
  }

  notify(client: Client, ...frames: readonly string[]): void {
    if (frames.length > 0 && client.tell("notify", [...frames]) === "overloaded") this.#onOverflow(client);
  }

  /** A fresh token is for those too who wait. */
  #bind(client: Client, frame: string): void {
    if (client.tell("bound", frame) === "overloaded") this.#onOverflow(client);
  }

  admit(client: Client, frame: string): void {
    if (client.tell("admitted", frame) === "overloaded") this.#onOverflow(client);
  }

  /** All connections, those that have not joined included. */
  get connected(): readonly Client[] {
    return [...this.#connected.values()];
  }

  end(client: Client, code: CloseCode, reason: string): void {
    if (client.tell("end", { code, reason }) === "overloaded") this.#onOverflow(client);
  }

  /** Ends all connections, those that have not joined included. */
  endAll(code: CloseCode, reason: string): void {
    for (const client of this.#connected.values()) this.end(client, code, reason);
  }
}

/** Whether a join's answer has what a notice tells. */
function isInAnswer({ to, type }: Notice): boolean {
  return to === "everyone" || to === "admitters" || type === "chat.message" || type === "participant.waiting";
}

function recipientsOf(meeting: Meeting, to: Notice["to"]): (participantId: string) => boolean {
  if (typeof to !== "string") return (participantId) => to.includes(participantId);
  if (to === "admitters") {
    const may = admitters(meeting);
    return (participantId) => may.has(participantId);
  }
  return (participantId) => meeting.attendees.get(participantId)?.state === "joined";
}
