import { assert, assertEquals } from "@std/assert";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import { openBrowser } from "./browser.ts";
import { createHost } from "./meeting_host.ts";
import { startStack } from "./stack.ts";
import { watchCapture } from "./watched_capture.ts";

Deno.test("unplugged device › its owner reads so, and the others see that it is off", async (t) => {
  await using stack = await startStack();
  const host = await createHost(stack.origin);
  await using browser = await openBrowser();
  const { page, errors } = browser;
  const capture = await watchCapture(page);

  /** What a browser does when a device goes: its track is ended, and says so. */
  const unplug = (kind: "audio" | "video") =>
    page.evaluate((kind) => {
      const track = globalThis.captureWatch?.tracks.findLast((track) => track.kind === kind);
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
    }, kind);
  const problem = page.getByTestId("problem");

  async function join(phase: "joined" | "waiting"): Promise<void> {
    await page.getByTestId("preview").waitFor();
    await page.getByTestId("display-name").fill("Ada");
    await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
    await page.getByTestId("join").click();
    await page.locator(`[data-testid="state"][data-phase="${phase}"]`).waitFor();
  }

  await t.step("in the meeting", async () => {
    const code = await host.create({ waiting_room: false });
    using client = await host.join(code);
    const told = async (source: MediaSource, isOn: boolean) => {
      await client.told(
        "participant.updated",
        ({ participant }) => participant.sources.some((own) => own.source === source && !own.paused) === isOn,
      );
      client.notifications.length = 0;
    };
    await page.goto(`${stack.origin}/m/${code}`);
    await join("joined");
    for (
      const [kind, device, button, off, on] of [
        ["video", "camera", "camera", "Camera on", "Camera off"],
        ["audio", "microphone", "mute", "Unmute", "Mute"],
      ] as const
    ) {
      await told(device, true);
      await unplug(kind);
      await problem.waitFor();
      assertEquals(await problem.textContent(), `Your ${device} was disconnected.`);
      await page.getByTestId(button).getByText(off, { exact: true }).waitFor();
      await told(device, false);
      await page.getByTestId(button).click();
      await page.getByTestId(button).getByText(on, { exact: true }).waitFor();
      assertEquals(await problem.count(), 0);
      await told(device, true);
      client.notifications.length = 0;
      await page.getByTestId(button).click();
      await page.getByTestId(button).getByText(off, { exact: true }).waitFor();
      await told(device, false);
      await page.getByTestId(button).click();
    }
    assertEquals((await capture.states()).filter((state) => state.endsWith("live")).length, 2);
    await page.getByTestId("leave").click();
    await page.getByTestId("ending").waitFor();
  });

  await t.step("in the lobby and in the waiting room", async () => {
    const code = await host.create({ waiting_room: true });
    await page.goto(`${stack.origin}/m/${code}`);
    await page.getByTestId("preview").waitFor();
    await unplug("video");
    await problem.getByText("Your camera was disconnected.").waitFor();
    await page.getByTestId("lobby-camera").click();
    await page.getByTestId("preview").waitFor();
    assertEquals(await problem.count(), 0);
    await join("waiting");
    await unplug("audio");
    await unplug("video");
    await problem.getByText("Your microphone and camera were disconnected.").waitFor();
    assert((await capture.states()).every((state) => state.endsWith("ended")));
  });

  assertEquals(errors, []);
});
