import { assert, assertEquals } from "@std/assert";
import { childrenOf } from "../dev/running_up.ts";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "../e2e/participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "../e2e/received_media.ts";
import { startStack } from "../e2e/stack.ts";
import { otherTrack, trackIds } from "../e2e/tile_tracks.ts";

Deno.test("chaos › whoever carries the media dies, and everybody is seen and heard again without a click", async (t) => {
  await using stack = await startStack();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-chaos-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
    ]);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Goes on", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    const views = [{ viewer: ada, seen: bob }, { viewer: bob, seen: ada }];
    const seeAndHear = async () => {
      for (const { viewer: { page }, seen: { name, looks } } of views) {
        await waitForPicture(page, name, looks.rgb, 30_000);
        await waitForFrames(page, name, 10);
        assert(await waitForTone(page, name, looks.toneHz, 30_000) > 0);
      }
    };
    /** Ends a process, and waits until every tile shows another track than before: what is seen then is new. */
    const kill = async (pid: number | undefined) => {
      assert(pid !== undefined);
      const before = await Promise.all(views.map(({ viewer, seen }) => trackIds(viewer.page, seen.name)));
      Deno.kill(pid, "SIGKILL");
      await Promise.all(
        views.map(({ viewer, seen }, index) => otherTrack(viewer.page, seen.name, before[index] ?? [])),
      );
    };
    await seeAndHear();
    const [handler] = await childrenOf(stack.pid, "media/main.ts");
    assert(handler !== undefined);

    await t.step("the SFU worker", async () => {
      const [worker] = await childrenOf(handler, "mediasoup-worker");
      await kill(worker);
      await seeAndHear();
      assertEquals(await childrenOf(stack.pid, "media/main.ts"), [handler]);
    });

    await t.step("the media handler", async () => {
      await kill(handler);
      await seeAndHear();
    });

    for (const { viewer: { page } } of views) {
      assertEquals(await page.locator('[data-testid="state"]').getAttribute("data-phase"), "joined");
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
