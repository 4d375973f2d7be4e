import { assert } from "@std/assert";
import type { TestParticipant } from "./participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "./received_media.ts";

/** Waits until each sees each other's own picture and hears their own tone. */
export async function seeAndHearEachOther(
  people: readonly TestParticipant[],
  timeoutMs = 15_000,
): Promise<void> {
  await Promise.all(people.map(async ({ page, name: viewer }) => {
    for (const { name, looks } of people) {
      if (name === viewer) continue;
      await waitForPicture(page, name, looks.rgb, timeoutMs);
      await waitForFrames(page, name, 5);
      assert(await waitForTone(page, name, looks.toneHz, timeoutMs) > 0);
    }
  }));
}
