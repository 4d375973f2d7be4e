import { assertEquals } from "@std/assert";
import { arrange, columnsFor } from "../../../global/web/meeting/arrangement.ts";

Deno.test("arrangement › one beside the other in a wide window, one below the other in a tall one", () => {
  assertEquals(columnsFor(2, 1600, 500), 2);
  assertEquals(columnsFor(2, 400, 800), 1);
  assertEquals(columnsFor(2, 1200, 700), 2);
  assertEquals(columnsFor(9, 1600, 900), 3);
  assertEquals(columnsFor(0, 1600, 900), 1);
  assertEquals(columnsFor(3, 1256, 580), 2, "two above one, rather than three that are taller than wide");
  assertEquals(columnsFor(2, 890, 580), 2);
});

const wide = { widthPx: 1600, heightPx: 900 };
const tall = { widthPx: 400, heightPx: 800 };

Deno.test("arrangement › the last row is centred by half tiles, and a full one is left alone", () => {
  const of = (count: number) => {
    const { lastRowOffset, lastRowLength } = arrange({ count, hasStage: false, ...wide });
    return [lastRowOffset, lastRowLength];
  };
  assertEquals(of(5), [1, 2]);
  assertEquals(of(7), [1, 3]);
  assertEquals(of(9), [0, 3]);
  assertEquals(of(2), [0, 2]);
  assertEquals(of(1), [0, 1]);
});

Deno.test("arrangement › two people fill the window", () => {
  const { gridTemplateColumns, gridTemplateRows, tile } = arrange({
    count: 2,
    hasStage: false,
    ...wide,
  });
  assertEquals([gridTemplateColumns, gridTemplateRows], [
    "repeat(4, minmax(0, 1fr))",
    "repeat(1, minmax(0, 1fr))",
  ]);
  assertEquals(tile, { widthPx: 800, heightPx: 450 });
});

Deno.test("arrangement › the stage has three quarters of a wide window, and of a tall one what its picture fills", () => {
  const beside = arrange({ count: 4, hasStage: true, ...wide });
  assertEquals([beside.stage, beside.gridTemplateColumns], [
    "beside",
    "minmax(0, 6fr) repeat(2, minmax(0, 1fr))",
  ]);
  const above = arrange({ count: 4, hasStage: true, ...tall });
  assertEquals([above.stage, above.gridTemplateRows], [
    "above",
    "300px repeat(2, minmax(0, 1fr))",
  ]);
  assertEquals(arrange({ count: 0, hasStage: true, ...wide }).stage, "none");
});
