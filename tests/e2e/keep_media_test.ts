import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "./participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "./received_media.ts";
import { sharedStack } from "./shared_stack.ts";
import { inPhase, phaseOf, received, receivesMore, watchConnections } from "./watched_connections.ts";

Deno.test("keep media › while signaling is down and after it came back, media goes on over the same transports", async () => {
  const stack = await sharedStack();
  const counted = await counts(stack.origin);
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-keep-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
    ]);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Goes on", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await watchConnections(bob.page);
    await joinMeeting(bob, stack.origin + path);
    await waitForPicture(bob.page, "Ada", looks.red.rgb);
    await waitForPicture(ada.page, "Bob", looks.green.rgb);
    const transports = await bob.page.evaluate(() => globalThis.openedConnections.length);
    const before = await received(bob.page);

    await bob.page.evaluate(() => {
      globalThis.isSignalingBlocked = true;
      globalThis.openedSockets.at(-1)?.close();
    });
    await inPhase(bob.page, "reconnecting");
    await receivesMore(bob.page, before, 50);
    await waitForFrames(ada.page, "Bob", 20);
    assertEquals(await phaseOf(bob.page), "reconnecting");
    const away = await received(bob.page);
    await bob.page.evaluate(() => void (globalThis.isSignalingBlocked = false));
    await inPhase(bob.page, "joined");

    await receivesMore(bob.page, away, 50);
    await waitForFrames(ada.page, "Bob", 20);
    await waitForFrames(bob.page, "Ada", 20);
    assert(await waitForTone(ada.page, "Bob", looks.green.toneHz) > 0);
    assertEquals(await bob.page.evaluate(() => globalThis.openedConnections.length), transports);
    // What arrived was reported meanwhile, and how long the first sound and picture took.
    let now = counted;
    while (
      now.reports === counted.reports || now.frames < counted.frames + 2 || now.sounds < counted.sounds + 2
    ) {
      await delay(50);
      now = await counts(stack.origin);
    }
    assertEquals([now.frames - counted.frames, now.sounds - counted.sounds], [2, 2]);
    assertEquals([...ada.errors, ...bob.errors.filter((text) => !text.includes("WebSocket"))], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What the meeting controller has counted of the reports of what arrived, and of first pictures and sounds. */
async function counts(origin: string): Promise<{ reports: number; frames: number; sounds: number }> {
  // As the README has it: the controller's own port is three after the page's.
  const url = `http://127.0.0.1:${Number(new URL(origin).port) + 3}/metrics`;
  const metrics = await (await fetch(url)).text();
  const [reports = 0, frames = 0, sounds = 0] = [
    /^mc_messages_total\{type="media.report",result="ok"\} (\d+)/m,
    /^mc_first_frame_seconds_count (\d+)$/m,
    /^mc_first_audio_seconds_count (\d+)$/m,
  ].map((line) => Number(line.exec(metrics)?.[1] ?? 0));
  return { reports, frames, sounds };
}
