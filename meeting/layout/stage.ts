import type { Layout } from "../../shared/protocol/mod.ts";
import type { FilledSlot } from "./tile.ts";

/** Whether a slot is the stage, which is larger than the other tiles. Only a shared screen makes one in a grid. */
export function isOnStage({ mode }: Layout, { slot, source }: FilledSlot): boolean {
  return slot === 0 && (mode !== "grid" || source === "screen");
}
