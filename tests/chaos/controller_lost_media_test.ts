import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { say } from "../../shared/dev/say.ts";
import { createMeeting, joinMeeting, looks, openParticipant, register } from "../e2e/participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "../e2e/received_media.ts";
import { startStack } from "../e2e/stack.ts";
import { inPhase, received, receivesMore, watchConnections } from "../e2e/watched_connections.ts";
import { controllersOf } from "./support/controllers.ts";

const ways = { "is killed": "SIGKILL", "is drained": "SIGTERM" } as const;

for (const [how, signal] of Object.entries(ways)) {
  Deno.test(`chaos › a controller ${how}, and the media goes on over the same transports`, async () => {
    await using stack = await startStack({ DT_CONTROLLERS: "2" });
    const folder = await Deno.makeTempDir({ prefix: "dark-tower-chaos-" });
    try {
      await using ada = await openParticipant(folder, "Ada", looks.red);
      await using bob = await openParticipant(folder, "Bob", looks.green);
      await watchConnections(ada.page);
      await watchConnections(bob.page);
      await register(ada, stack.origin);
      const path = await createMeeting(ada, "Goes on", { allowGuests: true, waitingRoom: false });
      await joinMeeting(ada);
      await joinMeeting(bob, stack.origin + path);
      const pages = [ada.page, bob.page];
      await waitForPicture(bob.page, "Ada", looks.red.rgb);
      await waitForPicture(ada.page, "Bob", looks.green.rgb);
      const before = await Promise.all(pages.map(transports));
      const port = await bob.page.evaluate(() =>
        Number(new URL(globalThis.openedSockets.at(-1)?.url ?? "").port)
      );
      const victim = (await controllersOf(stack)).find((one) => one.port === port);
      assert(victim !== undefined);
      await Promise.all(pages.map((page) => page.evaluate(() => globalThis.watchGaps())));

      Deno.kill(victim.pid, signal);
      await Promise.all(pages.map((page) => inPhase(page, "reconnecting")));
      await Promise.all(pages.map((page) => inPhase(page, "joined")));
      for (const page of pages) await receivesMore(page, await received(page), 50);
      await waitForFrames(ada.page, "Bob", 20);
      await waitForFrames(bob.page, "Ada", 20);
      assert(await waitForTone(ada.page, "Bob", looks.green.toneHz) > 0);
      const gaps = await Promise.all(pages.map((page) => page.evaluate(() => globalThis.longestGapMs())));
      say(`longest times without a packet of sound: ${gaps.map(Math.round).join(" and ")} ms\n`);
      assertEquals(await Promise.all(pages.map(transports)), before);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function transports(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.openedConnections.length);
}
