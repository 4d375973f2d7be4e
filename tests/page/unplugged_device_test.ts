import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { MediaSource } from "../../shared/protocol/signaling.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { watchCapture } from "./watched_capture.ts";

type Plug = "audio" | "video";

declare global {
  /** Does what a browser does when a device goes: its track ends and says so, and it is listed and found no more. */
  var unplug: (kind: Plug) => void;
  /** The device is there again; of its track that ended nothing comes back. */
  var plugIn: (kind: Plug) => void;
}

/** Chromium's fake devices are there for good: which of them are found is decided here, their tracks are real. */
async function mayBeUnplugged(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const gone = new Set<Plug>();
    const [list, ask] = [
      mediaDevices.enumerateDevices.bind(mediaDevices),
      mediaDevices.getUserMedia.bind(mediaDevices),
    ];
    mediaDevices.enumerateDevices = async () =>
      (await list()).filter(({ kind }) => ![...gone].some((each) => kind === `${each}input`));
    mediaDevices.getUserMedia = (wanted = {}) =>
      [...gone].some((kind) => wanted[kind])
        ? Promise.reject(new DOMException("Requested device not found", "NotFoundError"))
        : ask(wanted);
    globalThis.unplug = (kind) => {
      gone.add(kind);
      const track = globalThis.captureWatch?.tracks.findLast((track) => track.kind === kind);
      track?.stop();
      track?.dispatchEvent(new Event("ended"));
      mediaDevices.dispatchEvent(new Event("devicechange"));
    };
    globalThis.plugIn = (kind) => {
      gone.delete(kind);
      mediaDevices.dispatchEvent(new Event("devicechange"));
    };
  });
}

Deno.test("unplugged device › its owner reads so, also that it is there again, and the others see that it is off", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  const capture = await watchCapture(page);

  await mayBeUnplugged(page);
  const problem = page.getByTestId("problem");

  async function unplug(kind: Plug): Promise<void> {
    await page.evaluate((kind) => globalThis.unplug(kind), kind);
  }
  async function plugIn(kind: Plug): Promise<void> {
    await page.evaluate((kind) => globalThis.plugIn(kind), kind);
  }

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
    await page.clock.install();
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
      const before = (await capture.states()).length;
      // A press right after it would be of a button that still said "on".
      await page.clock.fastForward(1_000);
      await page.getByTestId(button).click();
      await problem.getByText(`No ${device} was found.`).waitFor();
      await plugIn(kind);
      await problem.getByText(`Your ${device} was disconnected, and can be switched on again.`).waitFor();
      assertEquals((await capture.states()).length, before, "nothing opens by itself");
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
    assertEquals(await page.getByTestId("camera-choice").count(), 0);
    await plugIn("video");
    await problem.getByText("Your camera was disconnected, and can be switched on again.").waitFor();
    await page.getByTestId("camera-choice").waitFor();
    await page.getByTestId("lobby-camera").click();
    await page.getByTestId("preview").waitFor();
    assertEquals(await problem.count(), 0);
    await join("waiting");
    await unplug("audio");
    await unplug("video");
    await problem.getByText("Your microphone and camera were disconnected.").waitFor();
    await plugIn("audio");
    await problem.getByText("Your camera was disconnected.").waitFor();
    await plugIn("video");
    await problem.getByText("Your microphone and camera were disconnected, and can be switched on again.")
      .waitFor();
    assert((await capture.states()).every((state) => state.endsWith("ended")));
  });

  assertEquals(errors, []);
});
