import { assertEquals } from "@std/assert";
import type { Layout } from "../../../shared/protocol/mod.ts";
import { spatialLayersOf } from "../../../shared/protocol/spatial_layers.ts";
import { targetLayer } from "../../../meeting/routing/target_layer.ts";
import { aProducer, aSlot } from "./support/samples.ts";

const of = (width: number, height = width * 9 / 16) => ({ width, height });

function layerIn(tile: Layout["tile"], layers = 3): number | null {
  const layout: Layout = { mode: "grid", slots: 9, ...tile === undefined ? {} : { tile } };
  return targetLayer(aProducer({ layers }), layout, aSlot(3));
}

Deno.test("target layer › a tile gets the smallest layer that fills it", () => {
  assertEquals([160, 300, 301, 600, 601, 3_840].map((width) => layerIn(of(width))), [0, 0, 1, 1, 2, 2]);
  assertEquals([160, 300, 301, 3_840].map((width) => layerIn(of(width), 2)), [0, 0, 1, 1]);
});

Deno.test("target layer › a tall tile is filled by its height", () => {
  assertEquals([layerIn(of(160, 90)), layerIn(of(160, 300)), layerIn(of(160, 600))], [0, 1, 2]);
});

Deno.test("target layer › an unknown size gets the highest layer, and a lone layer is no choice", () => {
  assertEquals([layerIn(undefined), layerIn(undefined, 2), layerIn(of(160), 1)], [2, 1, null]);
});

Deno.test("target layer › the stage has a size of its own", () => {
  const sizes = { slots: 9, tile: of(160) };
  const camera = aProducer({ layers: 3 });
  const layers = (layout: Layout) => [0, 1].map((slot) => targetLayer(camera, layout, aSlot(slot)));
  assertEquals(layers({ mode: "grid", ...sizes }), [0, 0]);
  assertEquals(layers({ mode: "speaker", ...sizes }), [2, 0]);
  assertEquals(layers({ mode: "pinned", ...sizes, stage: of(480) }), [1, 0]);
});

Deno.test("target layer › a screen is sent whole, however small its tile", () => {
  const layout: Layout = { mode: "grid", slots: 9, tile: of(160), stage: of(160) };
  const screen = aProducer({ source: "screen", layers: 3 });
  assertEquals(targetLayer(screen, layout, aSlot(0, "screen")), 2);
});

Deno.test("spatial layers › are simulcast encodings, or those of a scalability mode", () => {
  const of = (...modes: (string | undefined)[]) =>
    spatialLayersOf({ encodings: modes.map((one) => one === undefined ? {} : { scalabilityMode: one }) });
  assertEquals([of("L1T3", "L1T3", "L1T3"), of(undefined, undefined), of("L3T3_KEY"), of("S2T1")], [
    3,
    2,
    3,
    2,
  ]);
  assertEquals([of("L1T3"), of(undefined), of(), spatialLayersOf({})], [1, 1, 1, 1]);
});
