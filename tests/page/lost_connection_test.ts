import { assertEquals, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { Participant } from "../../shared/protocol/signaling.ts";
import { crowdIn, enter } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase, watchConnections } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";

declare global {
  /** Whether a person's microphone read "off" or not, at each change of their tile and of their place in the list. */
  var readOfMicrophone: string[];
  /** While set, the page asks for fresh transports when it comes back. */
  var asksForFreshMedia: boolean;
}

function microphoneOf({ sources }: Participant) {
  return sources.find(({ source }) => source === "microphone");
}

/** Has a page resume as one whose transports have died, when told to: its request then doesn't ask to keep them. */
async function mayAskForFreshMedia(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { send } = WebSocket.prototype;
    WebSocket.prototype.send = function (data) {
      const isChanged = globalThis.asksForFreshMedia && typeof data === "string";
      send.call(this, isChanged ? data.replace(',"keep_media":true', "") : data);
    };
  });
}

/** Writes down what a page shows of somebody's microphone from now on. */
async function readMicrophone(page: Page, name: string): Promise<void> {
  await page.evaluate((name) => {
    const seen: string[] = globalThis.readOfMicrophone = [];
    function read() {
      const tile = document.querySelector<HTMLElement>(`figure[data-name="${name}"]`);
      const marks = document.querySelector(`[data-testid="roster"] [data-name="${name}"] .marks`);
      seen.push(`${tile?.dataset["muted"]} ${/microphone (?:on|off)/.exec(marks?.textContent ?? "")}`);
    }
    read();
    new MutationObserver(read).observe(document.body, {
      attributes: true,
      childList: true,
      characterData: true,
      subtree: true,
    });
  }, name);
}

Deno.test("lost connection › who comes back is as before, at every moment and to everybody", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  using client = await host.join(code);
  await using browser = await keptBrowser();
  const { page } = browser;
  await watchConnections(page);
  await mayAskForFreshMedia(page);
  await page.goto(`${stack.origin}/m/${code}`);
  await enter(page, "Ada");

  await client.told("participant.updated", ({ participant }) => microphoneOf(participant)?.paused === false);
  await page.getByTestId("mute").click();
  const muted = await client.told(
    "participant.updated",
    ({ participant }) => microphoneOf(participant)?.paused === true,
  );
  const isAda = ({ participant_id }: Participant) => participant_id === muted.participant.participant_id;
  await client.request("chat.send", { text: "before" });
  const unread = page.getByTestId("show-chat").locator(".badge");
  await unread.waitFor();

  /** Loses the connection and comes back; answers what the others are told of Ada then. */
  async function loseAndReturn(): Promise<Participant> {
    client.notifications.length = 0;
    await page.evaluate(() => globalThis.openedSockets.at(-1)?.close());
    // Somebody else who has just come in may be shown, too, with what they send.
    const told = (state: Participant["state"]) =>
      client.told(
        "participant.updated",
        ({ participant }) => isAda(participant) && participant.state === state,
      );
    await told("away");
    const back = await told("joined");
    await inPhase(page, "joined");
    return back.participant;
  }
  const timesShownOn = () =>
    client.notifications.filter((told) =>
      told.type === "participant.updated" && isAda(told.data.participant) &&
      microphoneOf(told.data.participant)?.paused === false
    ).length;

  await t.step(
    "where the media was kept: it came back once, and with the chat's count as before",
    async () => {
      const back = await loseAndReturn();
      assertEquals(microphoneOf(back), microphoneOf(muted.participant));
      await client.request("chat.send", { text: "after" });
      await unread.getByText("2").waitFor();
      assertEquals([timesShownOn(), await page.evaluate(() => globalThis.openedSockets.length)], [0, 2]);
    },
  );

  await t.step("where the transports are fresh: the new microphone is born paused", async () => {
    const bob = await crowdIn(browser).open();
    await bob.goto(`${stack.origin}/m/${code}`);
    await enter(bob, "Bob");
    await bob.getByTestId("show-people").click();
    await bob.locator('[data-testid="roster"] [data-name="Ada"]').getByText("microphone off").waitFor();
    await bob.locator('figure[data-name="Ada"] video').waitFor();
    await readMicrophone(bob, "Ada");

    const connections = await page.evaluate(() => {
      globalThis.asksForFreshMedia = true;
      return globalThis.openedConnections.length;
    });
    await loseAndReturn();
    const isFresh = ({ sources }: Participant) =>
      sources.some(({ source, producer_id }) =>
        source === "microphone" && producer_id !== microphoneOf(muted.participant)?.producer_id
      );
    const { participant } = await client.told(
      "participant.updated",
      ({ participant }) => isAda(participant) && isFresh(participant),
    );
    assertEquals(microphoneOf(participant)?.paused, true);
    assertNotEquals(await page.evaluate(() => globalThis.openedConnections.length), connections);
    assertEquals(timesShownOn(), 0);
    // Bob's page has heard of all that came before.
    await client.request("chat.send", { text: "the last" });
    await bob.getByTestId("show-chat").getByText("3").waitFor();
    const read = await bob.evaluate(() => globalThis.readOfMicrophone);
    assertEquals([...new Set(read)], ["true microphone off"]);

    // That it could have been read: it is, once Ada speaks again.
    await page.getByTestId("mute").click();
    await bob.locator('[data-testid="roster"] [data-name="Ada"]').getByText("microphone on").waitFor();
    assertEquals((await bob.evaluate(() => globalThis.readOfMicrophone)).at(-1), "false microphone on");
  });

  await t.step("what was refused meanwhile is said until the connection is back", async () => {
    await page.evaluate(() => {
      globalThis.isSignalingBlocked = true;
      globalThis.openedSockets.at(-1)?.close();
    });
    await inPhase(page, "reconnecting");
    await page.getByTestId("hand").click();
    const refusal = page.getByTestId("problem").getByText("Try again then.");
    await refusal.waitFor();
    await page.evaluate(() => globalThis.isSignalingBlocked = false);
    await inPhase(page, "joined");
    await refusal.waitFor({ state: "detached" });
  });

  await t.step("what a host muted meanwhile is off in the page, which says so, and stays off", async () => {
    client.notifications.length = 0;
    await page.evaluate(() => {
      globalThis.isSignalingBlocked = true;
      globalThis.openedSockets.at(-1)?.close();
    });
    const { participant: { participant_id } } = await client.told(
      "participant.updated",
      ({ participant }) => participant.state === "away",
    );
    const mute = { participant_id, source: "microphone" } as const;
    await client.request("moderation.mute", { ...mute, muted: true });
    await page.evaluate(() => {
      globalThis.isSignalingBlocked = false;
    });
    await inPhase(page, "joined");
    await page.getByTestId("mute").getByText("Blocked").waitFor();
    await page.getByTestId("moderation").getByText("A host has switched your microphone off. Only a host")
      .waitFor();
    await client.request("moderation.mute", { ...mute, muted: false });
    await page.getByTestId("mute").getByText("Unmute", { exact: true }).waitFor();
    const isOff = (participant: Participant) => {
      const microphone = microphoneOf(participant);
      return microphone?.paused === true && !microphone.muted_by_host;
    };
    await client.told("participant.updated", ({ participant }) => isOff(participant));
    client.notifications.length = 0;
    await page.getByTestId("mute").click();
    await client.told(
      "participant.updated",
      ({ participant }) => microphoneOf(participant)?.paused === false,
    );
  });

  await t.step("who waits stays in the waiting room, and reads what happens", async () => {
    const code = await host.create({ waiting_room: true });
    const pia = await crowdIn(browser).open();
    await watchConnections(pia);
    await pia.goto(`${stack.origin}/m/${code}`);
    await enter(pia, "Pia", "waiting");
    await pia.evaluate(() => {
      globalThis.isSignalingBlocked = true;
      globalThis.openedSockets.at(-1)?.close();
    });
    await inPhase(pia, "reconnecting");
    const room = pia.getByTestId("waiting-room");
    await room.getByText("You are being brought back…").waitFor();
    assertEquals(await pia.getByTestId("meeting").count(), 0);
    await pia.evaluate(() => globalThis.isSignalingBlocked = false);
    await room.getByText("The host will let you in.").waitFor();
    await inPhase(pia, "waiting");
  });
});

Deno.test("lost connection › who can't get in reads why, needn't wait, and gets in once that is possible", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  await using browser = await keptBrowser();
  const { page } = browser;
  await watchConnections(page);
  const slow = page.getByTestId("joining-slow");

  async function joinInVain(): Promise<void> {
    await page.getByTestId("display-name").fill("Ada");
    await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
    await page.evaluate(() => globalThis.isSignalingBlocked = true);
    await page.getByTestId("join").click();
    await slow.getByText("The meeting's server can't be reached. It is tried again…").waitFor();
  }

  await t.step("they stop, and are where they can try again", async () => {
    await page.goto(`${stack.origin}/m/${code}`);
    await joinInVain();
    await page.getByTestId("stop-joining").click();
    await page.getByTestId("rejoin").click();
    await page.getByTestId("lobby").waitFor();
  });

  await t.step("they wait, and are in as soon as the server can be reached", async () => {
    await page.evaluate(() => globalThis.isSignalingBlocked = false);
    await joinInVain();
    await page.evaluate(() => globalThis.isSignalingBlocked = false);
    await inPhase(page, "joined");
    assertEquals(await slow.count(), 0);
  });
});
