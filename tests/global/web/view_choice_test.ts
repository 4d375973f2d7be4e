import { assertEquals } from "@std/assert";
import { initialChoice, inOtherMode, layoutOf, roomOf } from "../../../global/web/meeting/view_choice.ts";
import { layout } from "../../../shared/protocol/signaling.ts";

const desktop = roomOf({ widthPx: 1296, heightPx: 720 }, 1);
const phone = roomOf({ widthPx: 390, heightPx: 844 }, 3);

Deno.test("layout › a join says what the window has room for, in the pixels of the screen", () => {
  assertEquals(layoutOf(initialChoice, desktop), {
    mode: "grid",
    slots: 24,
    tile: { width: 640, height: 360 },
    stage: { width: 960, height: 540 },
  });
  const { slots, tile, stage } = layoutOf({ ...initialChoice, mode: "speaker" }, phone);
  assertEquals([slots, tile, stage], [8, { width: 1122, height: 631 }, { width: 1122, height: 631 }]);
});

Deno.test("view choice › the other mode takes the place of a pin, and leaves sound alone as it is", () => {
  const pinned = { mode: "grid", pinned: "p", isAudioOnly: true } as const;
  assertEquals(inOtherMode(pinned), { mode: "speaker", isAudioOnly: true });
  assertEquals(inOtherMode(inOtherMode(pinned)), { mode: "grid", isAudioOnly: true });
});

Deno.test("layout › whatever the window measures, the server takes it", () => {
  for (const widthPx of [0, 1, 17, 500, 40_000]) {
    for (const heightPx of [0, 1, 145, 9_000]) {
      for (
        const choice of [initialChoice, { ...initialChoice, pinned: "p" }, {
          ...initialChoice,
          isAudioOnly: true,
        }]
      ) {
        const asked = layoutOf(choice, roomOf({ widthPx, heightPx }, 3));
        assertEquals(
          layout.safeParse(asked).success,
          true,
          `${widthPx}×${heightPx} ${JSON.stringify(asked)}`,
        );
      }
    }
  }
});
