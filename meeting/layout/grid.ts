import type { Layout, MediaSource } from "../../shared/protocol/mod.ts";

/** A participant who can be shown, with the producers of their pictures. */
export interface Visible {
  readonly participantId: string;
  /** `null`: no camera is on, the tile shows the name alone. */
  readonly cameraProducerId: string | null;
  readonly screenProducerId: string | null;
}

/** What one slot of a subscriber's layout shows. */
export interface FilledSlot {
  readonly slot: number;
  readonly participantId: string;
  readonly source: MediaSource;
  readonly producerId: string | null;
}

/**
 * Fills the slots of a layout: pinned participants first, then shared screens, then in speaker mode the recent speakers,
 * then the order of joining. Cameras go before tiles without a picture, so that slots are not wasted.
 */
export function fillSlots(
  layout: Layout,
  subscriberId: string,
  people: readonly Visible[],
  spoke: readonly string[],
): FilledSlot[] {
  const others = people.filter(({ participantId }) => layout.include_self || participantId !== subscriberId);
  const tiles = others.flatMap((person): Omit<FilledSlot, "slot">[] => {
    const { participantId, cameraProducerId, screenProducerId } = person;
    const camera = { participantId, source: "camera" as const, producerId: cameraProducerId };
    return screenProducerId === null
      ? [camera]
      : [{ participantId, source: "screen" as const, producerId: screenProducerId }, camera];
  });
  const pinned = layout.pinned ?? [];
  const rank = ({ participantId, source, producerId }: Omit<FilledSlot, "slot">): number => {
    if (pinned.includes(participantId)) return pinned.indexOf(participantId);
    if (source === "screen") return 1_000;
    const heard = layout.mode === "speaker" ? spoke.indexOf(participantId) : -1;
    if (heard >= 0) return 2_000 + heard;
    return producerId === null ? 1_000_000 : 500_000;
  };
  return tiles
    .map((tile, order) => ({ tile, order }))
    .sort((a, b) => rank(a.tile) - rank(b.tile) || a.order - b.order)
    .slice(0, layout.slots)
    .map(({ tile }, slot) => ({ slot, ...tile }));
}
