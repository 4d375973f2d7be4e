import type { ActorRef, Result } from "../../../../shared/actor/mod.ts";
import { afterEntry, afterNotification, initialState } from "../../../../shared/client/session_state.ts";
import type { JoinAnswer, MediaSource, Notification } from "../../../../shared/protocol/mod.ts";
import type { MeetingClient } from "../../../../meeting/state/meeting_client.ts";
import type { Told } from "../told.ts";

/**
 * The notifications to a client in the waiting room. Its media is attached before it is told that it is admitted: these
 * a connection holds back until then.
 */
const waitingTypes: ReadonlySet<string> = new Set([
  "session.bound",
  "admitted",
  "media.consumers",
  "layout.assigned",
  "media.moved",
]);

/** One connection of a model's participant: what it was told, and what the SDK makes of that. */
export class Device {
  readonly wrong: string[] = [];
  answer: JoinAnswer | null = null;
  refusal: string | null = null;
  /** The producers of this connection's transports. */
  readonly producers = new Map<MediaSource, string>();
  isLost = false;
  /** The participants of whom it was told that they had come in. */
  readonly announced = new Set<string>();
  #state = initialState;
  #rev: number | null = null;
  #read = 0;
  #transportId = "";
  /** The older connection's, while it is open whether the media goes on. */
  #pending: Device | undefined;

  constructor(
    readonly name: string,
    readonly told: Told,
    readonly client: ActorRef<typeof MeetingClient>,
    /** The id of its try of a join; none if it resumes. */
    readonly attempt: string | undefined,
  ) {}

  get id(): string {
    return this.answer?.participant_id ?? "";
  }

  get state() {
    return this.#state;
  }

  get transportId(): string {
    return this.#transportId;
  }

  get isOpen(): boolean {
    return this.answer !== null && !this.isLost && this.told.ended === null;
  }

  get isJoined(): boolean {
    return this.isOpen && this.#state.phase === "joined";
  }

  /** The answer to the join. What came before it, a connection holds back. */
  answered(result: Result<JoinAnswer, string>, before?: Device): void {
    if (!result.ok) return void (this.refusal = result.error.code);
    this.answer = result.value;
    this.#transportId = result.value.transports?.send.id ?? "";
    if (result.value.media_kept) this.#goOn(before);
    if (result.value.media_pending && before !== undefined) this.#pending = before.#pending ?? before;
    this.#state = afterEntry(this.#state, result.value);
    if (result.value.state === "joined") this.#rev = result.value.rev;
  }

  #goOn(before: Device | undefined): void {
    if (before === undefined) return;
    this.#transportId = before.transportId;
    for (const [source, id] of before.producers) this.producers.set(source, id);
  }

  /** Takes in what came since; a connection hands nothing on before the answer. */
  read(): void {
    if (this.answer === null) return;
    for (; this.#read < this.told.notifications.length; this.#read++) {
      const notification = this.told.notifications[this.#read];
      if (notification !== undefined) this.#take(notification);
    }
  }

  #take(notification: Notification): void {
    const { type, data } = notification;
    if (type === "participant.joined") this.announced.add(data.participant.participant_id);
    if (type === "admitted") {
      this.#rev = data.rev;
      this.#transportId = data.transports?.send.id ?? "";
    } else if (this.#rev === null) {
      if (!waitingTypes.has(type)) this.wrong.push(`${this.name} waits, and was told ${type}`);
    } else if ("rev" in data && data.rev !== undefined) {
      if (data.rev !== this.#rev + 1) {
        this.wrong.push(`${this.name} was told ${type} ${data.rev} after ${this.#rev}`);
      }
      this.#rev = data.rev;
    }
    if (type === "media.kept") this.#goOn(this.#pending);
    if (type === "media.moved") {
      this.#transportId = data.transports.send.id;
      this.producers.clear();
    }
    if (type === "chat.message" && data.to !== undefined && data.to !== this.id && data.from !== this.id) {
      this.wrong.push(`${this.name} reads what ${data.from} wrote to ${data.to}`);
    }
    if (type === "participant.waiting" && !this.name.startsWith("host") && !this.name.startsWith("member")) {
      const isHost = this.#state.role === "host";
      if (!isHost) this.wrong.push(`${this.name} was told who waits`);
    }
    this.#state = afterNotification(this.#state, notification);
  }
}
