import type { MediaSource } from "../../shared/protocol/mod.ts";
import type { Gathering } from "./gathering.ts";

/** A picture that a layout can show: a participant's camera, or their name while it is off, or their screen. */
export interface Tile {
  readonly participantId: string;
  readonly source: Extract<MediaSource, "camera" | "screen">;
}

/** What one slot of a subscriber's layout shows. */
export interface FilledSlot extends Tile {
  readonly slot: number;
  /** `null`: nothing is sent for this tile. */
  readonly producerId: string | null;
}

export const cameraOf = (participantId: string): Tile => ({ participantId, source: "camera" });
export const screenOf = (participantId: string): Tile => ({ participantId, source: "screen" });

/** The producer of a tile's picture; undefined when there is no such tile any more. */
export function producerOf(
  { people }: Gathering,
  { participantId, source }: Tile,
): string | null | undefined {
  const person = people.get(participantId);
  if (source === "camera") return person?.cameraProducerId;
  return person?.screenProducerId ?? undefined;
}
