import type { ActorContext } from "../../../shared/actor/mod.ts";
import { parseServerFrame } from "../../../shared/protocol/mod.ts";
import { MeetingClient } from "../../../meeting/state/meeting_client.ts";
import type { Told } from "./told.ts";

/** A client's connection that notes what it is told. */
export class ClientActor {
  static readonly protocol = MeetingClient;
  readonly #told: Told;
  readonly #context: ActorContext<typeof MeetingClient>;

  constructor(init: { told(): Told }, context: ActorContext<typeof MeetingClient>) {
    this.#told = init.told();
    this.#context = context;
  }

  notify(frames: string[]): void | Promise<void> {
    for (const text of frames) this.#note(text);
    if (this.#told.isStuck) return new Promise(() => {});
  }

  bound(frame: string): void {
    this.#note(frame);
  }

  admitted(frame: string): void {
    this.#note(frame);
  }

  hold(): void {
    this.#told.isHeld = true;
  }

  release(): void {
    this.#told.isHeld = false;
  }

  migrate(frame: string): void {
    this.#note(frame);
  }

  end({ code }: { code: number }): void {
    this.#told.ended = code;
    this.#context.stop();
  }

  #note(text: string): void {
    const frame = parseServerFrame(text);
    if (frame.kind === "notification") this.#told.notifications.push(frame.notification);
  }
}
