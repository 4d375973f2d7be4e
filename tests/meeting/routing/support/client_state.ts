import type { Value } from "../../../../shared/actor/mod.ts";
import { type Assignment, type Consumer, parseServerFrame } from "../../../../shared/protocol/mod.ts";
import type { MediaRouting } from "../../../../meeting/routing/media_routing_protocol.ts";

/** A client's consumers and slots, as the routing's frames describe them. */
export class ClientState {
  consumers = new Map<string, Consumer>();
  assignments: readonly Assignment[] = [];
  /** The frames of each write. */
  readonly writes: string[][] = [];
  /** Consumers that the client has not set up yet. */
  fresh: string[] = [];
  /** The highest layers that the client was asked for, by producer. */
  readonly demands = new Map<string, number | null>();
  /** Its transports are new: its sources have to be produced again. */
  isMoved = false;
  /** Notifications that broke a rule. */
  readonly wrong: string[] = [];
  transportId = "";
  /** The client has connected its transports. */
  isConnected = false;
  /** The handler has answered that it knows. */
  isConnectTold = false;
  #isAttached = false;
  #held: string[][] = [];
  /** What the same client had over its older connection, while it waits for whether that goes on. */
  #before: ClientState | null = null;

  /** `mayHear` says whether a client may be told of a participant now. */
  constructor(readonly mayHear: (participantId: string) => boolean) {}

  /** `before`: what the same client had over its older connection. */
  attached(answer: Value<typeof MediaRouting, "attach">, older?: ClientState) {
    const before = older === undefined ? undefined : older.#before ?? older;
    this.#isAttached = true;
    if (answer.transports !== undefined) this.transportId = answer.transports.send.id;
    else if (before?.isConnected) this.#goOn(before);
    else this.wrong.push("media was kept that was never connected");
    this.assignments = answer.assignments;
    this.consumers = new Map();
    this.#add(answer.consumers);
    for (const frames of this.#held.splice(0)) this.told(frames);
  }

  /** The answer didn't say what becomes of the client's media. */
  pending(before: ClientState): void {
    this.#isAttached = true;
    this.#before = before.#before ?? before;
    for (const frames of this.#held.splice(0)) this.told(frames);
  }

  #goOn({ transportId, isMoved }: ClientState): void {
    this.transportId = transportId;
    this.isMoved = isMoved;
    this.isConnected = true;
  }

  told(frames: string[]): void {
    if (!this.#isAttached) return void this.#held.push(frames);
    this.writes.push(frames);
    for (const text of frames) this.#frame(text);
  }

  #frame(text: string): void {
    const frame = parseServerFrame(text);
    if (frame.kind !== "notification") return void this.wrong.push(`not a notification: ${text}`);
    const { type, data } = frame.notification;
    if (type === "media.demand") this.demands.set(data.producer_id, data.max_layer);
    if (type === "layout.assigned") this.assignments = data.assignments;
    if (type === "media.kept") {
      if (this.#before?.isConnected) this.#goOn(this.#before);
      else this.wrong.push("media was kept late that was never connected");
      this.#before = null;
      this.#add(data.consumers);
    }
    if (type === "media.moved") {
      this.#before = null;
      this.isMoved = true;
      this.isConnected = false;
      this.isConnectTold = false;
      this.transportId = data.transports.send.id;
      this.consumers = new Map();
      this.fresh = [];
      this.#add(data.consumers);
    }
    if (type === "media.consumers") {
      for (const id of data.removed) {
        if (!this.consumers.delete(id)) this.wrong.push(`told of the end of ${id}, which it never had`);
      }
      this.#add(data.added);
    }
  }

  #add(consumers: readonly Consumer[]): void {
    for (const consumer of consumers) {
      if (!this.mayHear(consumer.participant_id)) {
        this.wrong.push(`told of media of ${consumer.participant_id}, who is not in the meeting`);
      }
      this.consumers.set(consumer.consumer_id, consumer);
      this.fresh.push(consumer.consumer_id);
    }
  }
}
