import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { z } from "zod";
import type { Client } from "../meeting/support/client.ts";
import { enter } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";
import { openWindow } from "./open_window.ts";

const size = z.object({ width: z.int(), height: z.int() });
const joinFrame = z.object({
  type: z.literal("join"),
  data: z.object({ layout: z.object({ tile: size, stage: size }) }),
});

/** The participant that a page shows itself as. */
async function ownId(page: Page): Promise<string | null> {
  return await page.getByTestId("self-tile").getAttribute("data-participant-id");
}

/** Loads the page again, and waits until it is in the meeting. Fails where the lobby comes between. */
async function reload(page: Page, client: Client): Promise<void> {
  client.notifications.length = 0;
  await page.reload();
  const shown = await Promise.race([
    inPhase(page, "joined").then(() => "meeting"),
    page.getByTestId("lobby").waitFor().then(() => "lobby"),
  ]);
  assertEquals(shown, "meeting");
}

/** What was told of participants who come and go, besides being away. */
function comingsAndGoings(client: Client): string[] {
  return client.notifications.map(({ type }) => type)
    .filter((type) => type === "participant.joined" || type === "participant.left");
}

const label = (page: Page, testId: string, words: string) =>
  page.getByTestId(testId).getByText(words, { exact: true }).waitFor();

Deno.test("reload › the meeting's tab comes back as the same participant, and a copy of it as a second device", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: true });
  using client = await host.join(code);
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  const sent: string[] = [];
  page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(String(payload))));
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await enter(page, "Ada", "waiting");
  const joined = joinFrame.parse(JSON.parse(sent[0] ?? ""));
  assert(joined.data.layout.tile.width > 300 && joined.data.layout.stage.width > 600, sent[0]);
  const { participant: { participant_id: id } } = await client.told("participant.waiting");

  await t.step("whoever waits goes on waiting", async () => {
    await page.reload();
    await inPhase(page, "waiting");
    assertEquals(client.notifications.filter(({ type }) => type === "waiting.left"), []);
    assert((await client.request("moderation.admit", { participant_ids: [id] })).ok);
    await inPhase(page, "joined");
  });

  await t.step(
    "name, hand and what was switched off are as before, and the lobby isn't asked again",
    async () => {
      assertEquals(await ownId(page), id);
      await page.getByTestId("hand").click();
      await label(page, "hand", "Lower hand");
      await page.getByTestId("mute").click();
      await label(page, "mute", "Unmute");
      await reload(page, client);
      await label(page, "hand", "Lower hand");
      await label(page, "mute", "Unmute");
      await label(page, "camera", "Camera off");
      await page.getByTestId("self-tile").locator("video").waitFor();
      assertEquals([await ownId(page), comingsAndGoings(client)], [id, []]);
      const back = await client.told(
        "participant.updated",
        ({ participant: { sources, state } }) =>
          state === "joined" && sources.some((one) => one.source === "camera" && !one.paused),
      );
      assertEquals([back.participant.display_name, back.participant.hand_raised], ["Ada", true]);
      assertEquals(
        back.participant.sources.some(({ source, paused }) => source === "microphone" && !paused),
        false,
      );
    },
  );

  await t.step("what a host has muted stays so", async () => {
    await page.getByTestId("mute").click();
    await label(page, "mute", "Mute");
    const mute = { participant_id: id, source: "microphone" as const, muted: true };
    assert((await client.request("moderation.mute", mute)).ok);
    await label(page, "mute", "Blocked");
    await reload(page, client);
    await label(page, "mute", "Blocked");
    assertEquals(await ownId(page), id);
    assert((await client.request("moderation.mute", { ...mute, muted: false })).ok);
    await label(page, "mute", "Unmute");
  });

  await t.step("a server that fails for a moment costs nobody their seat", async () => {
    const refusal = { error: { code: "UNAVAILABLE", message: "Not now." } };
    await page.route("**/ticket", (route) => route.fulfill({ status: 503, json: refusal }), { times: 1 });
    await reload(page, client);
    assertEquals([await ownId(page), comingsAndGoings(client)], [id, []]);
    // The browser itself tells of the refusal.
    assertEquals(errors.splice(0).filter((error) => !error.includes("503")), []);
  });

  await t.step("what was read in the chat stays read, and what came since is counted", async () => {
    const [chat, unread] = [page.getByTestId("show-chat"), page.getByTestId("show-chat").locator(".badge")];
    const say = async (text: string) => assert((await client.request("chat.send", { text })).ok);
    await say("One");
    await say("Two");
    await chat.getByText("2").waitFor();
    await chat.click();
    await page.getByText("Two", { exact: true }).waitFor();
    await page.getByTestId("close-panel").click();
    await unread.waitFor({ state: "detached" });
    await reload(page, client);
    await say("Three");
    await unread.waitFor();
    assertEquals(await unread.evaluate((badge) => badge.firstChild?.textContent), "1");
  });

  await t.step("a screen that was shared is not shown any more", async () => {
    await page.getByTestId("screen").click();
    await page.getByTestId("screen-tile").waitFor();
    const isShared = (sources: readonly { source: string }[]) =>
      sources.some(({ source }) => source === "screen");
    await client.told("participant.updated", ({ participant: { sources } }) => isShared(sources));
    await reload(page, client);
    await client.told(
      "participant.updated",
      ({ participant: { sources, state } }) => state === "joined" && !isShared(sources),
    );
    await label(page, "screen", "Share screen");
  });

  await t.step("a duplicated tab is asked in the lobby, and joins as a second device", async () => {
    const kept = await page.evaluate(() => ({ ...sessionStorage }));
    assert(Object.values(kept).some((value) => String(value).includes("binding_token")));
    const copy = await openWindow(page);
    await copy.addInitScript((kept) => {
      if (sessionStorage.length > 0) return;
      for (const [name, value] of Object.entries(kept)) sessionStorage.setItem(name, String(value));
    }, kept);
    await copy.goto(`${stack.origin}/m/${code}`);
    await copy.getByTestId("preview").waitFor();
    await enter(copy, "Ada's other", "waiting");
    const { participant } = await client.told("participant.waiting");
    assert((await client.request("moderation.admit", { participant_ids: [participant.participant_id] })).ok);
    await inPhase(copy, "joined");
    const second = await ownId(copy);
    assertNotEquals(second, id);
    assertEquals(await page.getByTestId("state").getAttribute("data-phase"), "joined");
    // Each of the two has a seat of its own.
    await reload(page, client);
    await reload(copy, client);
    assertEquals([await ownId(page), await ownId(copy)], [id, second]);
    assertEquals(comingsAndGoings(client), []);
    await copy.close();
  });

  await t.step("a device that doesn't open any more is said", async () => {
    await label(page, "camera", "Camera off");
    await page.addInitScript(() => {
      MediaDevices.prototype.getUserMedia = () =>
        Promise.reject(new DOMException("used elsewhere", "NotReadableError"));
    });
    await reload(page, client);
    await page.getByTestId("problem").getByText("Another program uses your camera.").waitFor();
    await label(page, "camera", "Camera on");
  });

  await t.step("after Leave the lobby is asked again", async () => {
    await page.getByTestId("leave").click();
    await page.getByTestId("ending").waitFor();
    await page.reload();
    await page.getByTestId("lobby").waitFor();
  });

  await t.step("who is brought back for long may go to the start page instead", async () => {
    await enter(page, "Ada", "waiting");
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route("**/ticket", async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await page.getByRole("heading", { name: "Coming back takes longer than usual" }).waitFor();
    await page.getByTestId("go-home").click();
    await page.getByTestId("show-sign-in").waitFor();
    release();
    await page.unrouteAll({ behavior: "wait" });
  });
  assertEquals(errors, []);
});
