import type { Layout } from "../../../shared/protocol/signaling.ts";
import { arrange, type Box } from "./arrangement.ts";

/** How somebody wants to see a meeting. */
export interface ViewChoice {
  mode: "grid" | "speaker";
  /** Whom they want on the stage, whoever speaks. */
  pinned?: string;
  /** Only heard: no picture is sent to them. */
  isAudioOnly: boolean;
}

/** What the window has room for. Sizes are of the pictures in it. */
export interface Room {
  slots: number;
  tile: Box;
  stage: Box;
  /** Device pixels a CSS pixel. */
  density: number;
}

export const initialChoice: ViewChoice = { mode: "grid", isAudioOnly: false };

export function withoutPin({ mode, isAudioOnly }: ViewChoice): ViewChoice {
  return { mode, isAudioOnly };
}

/** The other mode is seen at once: a pin would hide it. */
export function inOtherMode(choice: ViewChoice): ViewChoice {
  return { ...withoutPin(choice), mode: choice.mode === "grid" ? "speaker" : "grid" };
}

/** How many others are shown at once: what the screen has room for. */
export function slotsFor(widthPx: number): number {
  return widthPx < 700 ? 8 : 24;
}

/** What stands above and below the tiles, and beside them. */
const FRAME = { widthPx: 16, heightPx: 144 };

/** The room that a window will have. Before the join nobody knows how many there are: one more, say. */
export function roomOf({ widthPx, heightPx }: Box, density: number): Room {
  const box = { widthPx: widthPx - FRAME.widthPx, heightPx: heightPx - FRAME.heightPx };
  const [grid, staged] = [false, true].map((hasStage) => arrange({ count: 2, hasStage, ...box }));
  return { slots: slotsFor(widthPx), tile: grid?.tile ?? box, stage: staged?.stageBox ?? box, density };
}

/** The layout that the server is asked for. */
export function layoutOf({ mode, pinned, isAudioOnly }: ViewChoice, room: Room): Layout {
  if (isAudioOnly) return { mode: "grid", slots: 0 };
  const shared = {
    slots: room.slots,
    tile: pixels(room.tile, room.density),
    stage: pixels(room.stage, room.density),
  };
  return pinned === undefined ? { mode, ...shared } : { mode: "pinned", pinned: [pinned], ...shared };
}

/** The contract's bounds of a size. */
const MOST_PX = 16_384;

function pixels({ widthPx, heightPx }: Box, density: number): { width: number; height: number } {
  const bounded = (px: number) => Math.min(MOST_PX, Math.max(1, Math.round(px * density)));
  return { width: bounded(widthPx), height: bounded(heightPx) };
}
