import type { Layout } from "../../../shared/protocol/signaling.ts";

/** How somebody wants to see a meeting. */
export interface ViewChoice {
  mode: "grid" | "speaker";
  /** Whom they want on the stage, whoever speaks. */
  pinned?: string;
  /** Only heard: no picture is sent to them. */
  isAudioOnly: boolean;
}

export const initialChoice: ViewChoice = { mode: "grid", isAudioOnly: false };

/** How many others are shown at once: what the screen has room for. */
export function slotsFor(widthPx: number): number {
  return widthPx < 700 ? 8 : 24;
}

/** The layout that the server is asked for. */
export function layoutOf({ mode, pinned, isAudioOnly }: ViewChoice, widthPx: number): Layout {
  if (isAudioOnly) return { mode: "grid", slots: 0 };
  const slots = slotsFor(widthPx);
  return pinned === undefined ? { mode, slots } : { mode: "pinned", slots, pinned: [pinned] };
}
