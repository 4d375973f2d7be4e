import { assert, assertEquals } from "@std/assert";
import { openFirefox, type TestFirefox, waitForRecordedTone } from "./firefox.ts";
import { createMeeting, joinMeeting, looks, openParticipant, register } from "./participant.ts";
import {
  type Evaluator,
  nextFrame,
  sampleColour,
  waitForFrames,
  waitForPicture,
  waitForTone,
} from "./received_media.ts";
import { startStack } from "./stack.ts";

const foxHz = 831;

async function joinWithFirefox({ page }: TestFirefox, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.waitForSelector('[data-testid="preview"]');
  await page.type('[data-testid="display-name"]', name);
  await page.waitForSelector('[data-testid="lobby"][data-ready="true"]');
  await page.click('[data-testid="join"]');
  await page.waitForSelector('[data-testid="state"][data-phase="joined"]');
}

/** Waits until a tile has a picture at all: Firefox's made-up camera changes its colours. */
async function waitForAnyPicture(page: Evaluator, name: string): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (await sampleColour(page, name) === undefined) {
    assert(performance.now() < deadline, `${name} has no picture`);
    await nextFrame(page);
  }
}

Deno.test("Firefox › with the default settings, two Chromiums and a Firefox see and hear each other", async () => {
  await using stack = await startStack();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-e2e-" });
  try {
    await using ada = await openParticipant(folder, "Ada", looks.red);
    await using bob = await openParticipant(folder, "Bob", looks.green);
    await using fox = await openFirefox(foxHz);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Three browsers", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    await joinWithFirefox(fox, stack.origin + path, "Fox");
    for (
      const { viewer: { page }, seen: { name, looks } } of [
        { viewer: ada, seen: bob },
        { viewer: bob, seen: ada },
      ]
    ) {
      await waitForAnyPicture(page, "Fox");
      await waitForFrames(page, "Fox", 5);
      assert(await waitForTone(page, "Fox", foxHz) > 0);
      await waitForPicture(page, name, looks.rgb);
      assert(await waitForTone(page, name, looks.toneHz) > 0);
    }
    for (const { name, looks: { rgb, toneHz } } of [ada, bob]) {
      await waitForPicture(fox, name, rgb);
      await waitForFrames(fox, name, 5);
      await waitForRecordedTone(fox, name, toneHz);
    }
    assertEquals([ada, bob].flatMap(({ errors }) => errors), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
