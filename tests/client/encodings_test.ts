import { assertEquals } from "@std/assert";
import { producerOptions } from "../../shared/client/media/encodings.ts";

Deno.test("encodings › as many simulcast layers as a camera's size has room for", () => {
  const layers = (width: number) => producerOptions("camera", width).encodings?.length;
  assertEquals([layers(1280), layers(960), layers(640), layers(480), layers(320), layers(0)], [
    3,
    3,
    2,
    2,
    1,
    1,
  ]);
});

Deno.test("encodings › the largest layer is the camera's own size, and a lone one is a plain stream", () => {
  assertEquals(producerOptions("camera", 1280).encodings?.at(-1)?.scaleResolutionDownBy, 1);
  assertEquals(producerOptions("camera", 320).encodings?.[0]?.scalabilityMode, undefined);
});
