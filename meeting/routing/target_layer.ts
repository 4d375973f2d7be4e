import type { Layout } from "../../shared/protocol/mod.ts";
import { isOnStage } from "../layout/stage.ts";
import type { FilledSlot } from "../layout/tile.ts";
import type { Producer } from "./scene.ts";

/** The size in pixels that the highest of so many layers is taken to have: browsers send no more layers below it. */
const fullSizes = [
  { layers: 3, width: 960, height: 540 },
  { layers: 2, width: 480, height: 270 },
] as const;
/** A picture that is enlarged by this factor still looks sharp. */
const mayEnlarge = 1.25;

/**
 * The smallest spatial layer that fills a slot's tile; null where a producer has no layers to choose from. Each layer is
 * taken to be twice as wide and high as the one below it. A screen is read: it is sent at its highest layer, whatever
 * the tile.
 */
export function targetLayer({ source, layers }: Producer, layout: Layout, slot: FilledSlot): number | null {
  if (layers < 2) return null;
  const highest = layers - 1;
  const tile = isOnStage(layout, slot) ? layout.stage : layout.tile;
  if (source === "screen" || tile === undefined) return highest;
  const full = fullSizes.find((size) => layers >= size.layers);
  if (full === undefined) return highest;
  const share = Math.max(tile.width / full.width, tile.height / full.height) / mayEnlarge;
  const below = Math.floor(Math.log2(1 / share));
  return Math.min(Math.max(highest - below, 0), highest);
}
