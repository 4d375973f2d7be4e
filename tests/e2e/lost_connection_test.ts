import { assertEquals } from "@std/assert";
import type { Participant } from "../../shared/protocol/signaling.ts";
import { openBrowser } from "./browser.ts";
import { createHost } from "./meeting_host.ts";
import { startStack } from "./stack.ts";
import { watchConnections } from "./watched_connections.ts";

function microphoneOf({ sources }: Participant) {
  return sources.find(({ source }) => source === "microphone");
}

Deno.test("lost connection › it comes back once, muted as before, and with the chat's count as before", async () => {
  await using stack = await startStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  using client = await host.join(code);
  await using browser = await openBrowser();
  const { page } = browser;
  await watchConnections(page);
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await page.getByTestId("display-name").fill("Ada");
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  await page.getByTestId("join").click();
  await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();

  await client.told("participant.updated", ({ participant }) => microphoneOf(participant)?.paused === false);
  await page.getByTestId("mute").click();
  const muted = await client.told(
    "participant.updated",
    ({ participant }) => microphoneOf(participant)?.paused === true,
  );
  await client.request("chat.send", { text: "before" });
  const unread = page.getByTestId("show-chat").locator(".badge");
  await unread.waitFor();
  client.notifications.length = 0;

  await page.evaluate(() => globalThis.openedSockets.at(-1)?.close());
  await client.told("participant.updated", ({ participant }) => participant.state === "away");
  const back = await client.told("participant.updated", ({ participant }) => participant.state === "joined");
  assertEquals(microphoneOf(back.participant), microphoneOf(muted.participant));
  await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
  await client.request("chat.send", { text: "after" });
  await unread.getByText("2").waitFor();
  const shownOn = client.notifications.filter((told) =>
    told.type === "participant.updated" && microphoneOf(told.data.participant)?.paused === false
  );
  assertEquals([shownOn.length, await page.evaluate(() => globalThis.openedSockets.length)], [0, 2]);
});
