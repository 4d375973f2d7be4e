import type { Layout } from "../../../shared/protocol/mod.ts";
import { fillSlots } from "../../../meeting/layout/fill_slots.ts";
import {
  type Gathering,
  newGathering,
  noteLeft,
  notePictures,
  noteSpeaker,
} from "../../../meeting/layout/gathering.ts";
import type { FilledSlot } from "../../../meeting/layout/tile.ts";

/** What a participant has switched on. */
type Pictures = "camera" | "screen" | "both" | "nothing";

/** One subscriber's slots while people come, go, speak and switch their pictures on and off. */
export class Hall {
  readonly gathering: Gathering = newGathering();
  slots: FilledSlot[] = [];

  constructor(public layout: Layout, readonly subscriber = "me") {}

  /** Participants with cameras, who come in this order. */
  static of(layout: Layout, ...people: string[]): Hall {
    const hall = new Hall(layout);
    hall.has("me", "camera");
    for (const id of people) hall.has(id, "camera");
    return hall;
  }

  has(id: string, pictures: Pictures): string {
    const hasArrived = notePictures(this.gathering, {
      participantId: id,
      cameraProducerId: pictures === "camera" || pictures === "both" ? `${id}-camera` : null,
      screenProducerId: pictures === "screen" || pictures === "both" ? `${id}-screen` : null,
    });
    return this.#fill(hasArrived ? id : null);
  }

  leaves(id: string): string {
    noteLeft(this.gathering, id);
    return this.#fill();
  }

  speaks(id: string): string {
    noteSpeaker(this.gathering, id);
    return this.#fill();
  }

  sets(layout: Layout): string {
    this.layout = layout;
    return this.#fill();
  }

  /** The slots in order: a participant's id, with `*` their screen, in brackets without a picture, `-` for an empty one. */
  #fill(arrived: string | null = null): string {
    const { subscriber: participantId, layout, slots } = this;
    this.slots = fillSlots({ participantId, layout, slots }, this.gathering, arrived);
    const shown: string[] = [];
    for (const { slot, participantId: id, source, producerId } of this.slots) {
      while (shown.length < slot) shown.push("-");
      shown.push(source === "screen" ? `${id}*` : producerId === null ? `(${id})` : id);
    }
    return shown.join(" ");
  }
}
