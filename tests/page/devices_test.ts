import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { enter } from "../e2e/crowd.ts";
import { openBrowser } from "../e2e/browser.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { screenshots } from "./screenshots.ts";
import { watchCapture } from "./watched_capture.ts";

/** As browsers do it for people: the fake prompt of a test's browser allows everything from the beginning. */
async function nameNoneUntilAllowed(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const list = mediaDevices.enumerateDevices.bind(mediaDevices);
    let isAllowed = false;
    mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      isAllowed = true;
      return stream;
    };
    mediaDevices.enumerateDevices = async () =>
      (await list()).map((device) =>
        isAllowed ? device : { kind: device.kind, deviceId: "", groupId: "", label: "", toJSON: () => ({}) }
      );
  });
}

Deno.test("devices › another camera, microphone and loudspeaker are chosen in the meeting", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  using client = await host.join(code);
  await using browser = await openBrowser({ cameras: 2 });
  const { page, errors } = browser;
  const capture = await watchCapture(page);
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await enter(page, "Ada");

  const choice = (device: "camera" | "microphone" | "loudspeaker") => page.getByTestId(`${device}-choice`);
  const labels = (kind: "video" | "audio") =>
    page.evaluate(
      (kind) =>
        globalThis.captureWatch?.tracks.filter((track) => track.kind === kind && track.readyState === "live")
          .map(({ label }) => label),
      kind,
    );
  const open = async () => {
    await page.getByTestId("more").click();
    await page.getByTestId("devices").click();
    await page.getByTestId("devices-dialog").waitFor();
  };
  const close = async () => {
    await page.getByTestId("close-dialog").click();
    await page.getByTestId("devices-dialog").waitFor({ state: "detached" });
  };
  /** Chooses one that is not in use; answers its name. */
  const chooseOther = async (device: "camera" | "microphone" | "loudspeaker"): Promise<string> => {
    const inUse = await choice(device).inputValue();
    const options = await choice(device).locator("option").all();
    for (const option of options) {
      const id = await option.getAttribute("value") ?? "";
      if (id === inUse || id === "default") continue;
      await choice(device).selectOption(id);
      return await option.textContent() ?? "";
    }
    throw new Error(`There is no other ${device}`);
  };

  await t.step("a camera that is on is another one at once", async () => {
    await open();
    const [before] = await labels("video") ?? [];
    const name = await chooseOther("camera");
    await page.waitForFunction(
      (name) =>
        globalThis.captureWatch?.tracks.some((track) => track.label === name && track.readyState === "live"),
      name,
    );
    assertEquals([await labels("video"), name === before], [[name], false]);
    await close();
    await page.getByTestId("camera").getByText("Camera off", { exact: true }).waitFor();
  });

  await t.step("a muted microphone stays muted, and the chosen one is switched on next", async () => {
    await page.getByTestId("mute").click();
    await page.getByTestId("mute").getByText("Unmute", { exact: true }).waitFor();
    const isPaused = ({ source, paused }: { source: string; paused: boolean }) =>
      source === "microphone" && paused;
    await client.told("participant.updated", ({ participant }) => participant.sources.some(isPaused));
    client.notifications.length = 0;
    await open();
    const name = await chooseOther("microphone");
    await close();
    assertEquals(await labels("audio"), []);
    await page.getByTestId("mute").getByText("Unmute", { exact: true }).waitFor();
    await page.getByTestId("mute").click();
    await page.getByTestId("mute").getByText("Mute", { exact: true }).waitFor();
    assertEquals(await labels("audio"), [name]);
    // The first that the others hear of it is that it is on again.
    const { participant } = await client.told(
      "participant.updated",
      ({ participant }) => participant.sources.some(({ source }) => source === "microphone"),
    );
    assertEquals(participant.sources.find(({ source }) => source === "microphone")?.paused, false);
  });

  await t.step("voices are played by the chosen loudspeaker, also those of later", async () => {
    await open();
    await chooseOther("loudspeaker");
    const id = await choice("loudspeaker").inputValue();
    await close();
    await using other = await keptBrowser();
    await other.page.goto(`${stack.origin}/m/${code}`);
    await other.page.getByTestId("preview").waitFor();
    await enter(other.page, "Bob");
    await page.waitForFunction(
      (id) => document.querySelector<HTMLAudioElement>('[data-testid="voice"]')?.sinkId === id,
      id,
    );
    assertEquals(other.errors, []);
  });

  assertEquals((await capture.states()).filter((state) => state.endsWith("live")).length, 2);
  assertEquals(errors, []);
});

Deno.test("devices › whoever hasn't allowed any yet is asked for that in the dialog, and stays off", async () => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false, on_join: { microphone: false, camera: false } });
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  await nameNoneUntilAllowed(page);
  const capture = await watchCapture(page);
  await page.goto(`${stack.origin}/m/${code}`);
  await enter(page, "Ada");
  await page.getByTestId("more").click();
  await page.getByTestId("devices").click();
  await page.getByText("Allow microphone and camera to choose them.").waitFor();
  await screenshots("devices")("unnamed", { ada: page });
  await page.getByTestId("allow").click();
  await page.locator('[data-testid="camera-choice"]:focus').waitFor();
  await page.getByTestId("microphone-choice").waitFor();
  assertEquals(await page.getByTestId("unnamed").count(), 0);
  assertEquals((await capture.states()).toSorted(), ["audio ended", "video ended"]);
  await page.getByTestId("close-dialog").click();
  await page.getByTestId("mute").getByText("Unmute", { exact: true }).waitFor();
  assertEquals(errors, []);
});
