import { assert, assertEquals } from "@std/assert";
import type { Page, WebSocketRoute } from "playwright-core";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { watchCapture } from "./watched_capture.ts";

/** Goes there as a link inside of the page does: without a reload, so that what was captured is still watched. */
async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  }, path);
}

const inPhase = (page: Page, phase: string) =>
  page.locator(`[data-testid="state"][data-phase="${phase}"]`).waitFor();

async function clickJoin(page: Page): Promise<void> {
  await page.getByTestId("display-name").fill("Ada");
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  await page.getByTestId("join").click();
}

async function waitForEnding(page: Page, reason: string): Promise<void> {
  await page.getByTestId("ending").waitFor();
  assertEquals(await page.getByTestId("ending").getAttribute("data-reason"), reason);
}

Deno.test("capture ends › with every way out of a visit, each track that the page ever got", async (t) => {
  const stack = await sharedStack();
  const { origin } = stack;
  const host = await createHost(origin);
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  const capture = await watchCapture(page);
  let sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/./, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });

  /** On the start page, freshly loaded: nothing is captured yet. */
  async function startPage(): Promise<void> {
    sockets = [];
    await page.goto(origin);
    await page.getByTestId("show-register").waitFor();
    assertEquals(await capture.states(), []);
  }

  async function lobby(code: string): Promise<void> {
    await startPage();
    await follow(page, `/m/${code}`);
    await page.getByTestId("preview").waitFor();
    assertEquals(await capture.states(), ["audio live", "video live"]);
  }

  async function join(): Promise<string> {
    const code = await host.create({ waiting_room: false });
    await lobby(code);
    await clickJoin(page);
    await inPhase(page, "joined");
    return code;
  }

  async function shareScreen(): Promise<void> {
    await page.getByTestId("screen").click();
    await page.getByTestId("screen-tile").waitFor();
  }

  async function joinAndShare(): Promise<string> {
    const code = await join();
    await shareScreen();
    const states = await capture.states();
    assert(states.length >= 3 && states.every((state) => state.endsWith(" live")), `${states}`);
    return code;
  }

  async function assertAllEnded(atLeast: number): Promise<void> {
    const states = await capture.states();
    assert(states.length >= atLeast && states.every((state) => state.endsWith(" ended")), `${states}`);
  }

  async function ownId(): Promise<string> {
    const id = await page.getByTestId("self-tile").getAttribute("data-participant-id");
    assert(id !== null);
    return id;
  }

  await t.step("Leave, with the screen shared", async () => {
    await joinAndShare();
    await page.getByTestId("leave").click();
    await waitForEnding(page, "left");
    await assertAllEnded(3);
    // The browser had kept the page, and shows it again: the ending is still there.
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assertEquals(await page.getByTestId("ending").count(), 1);
  });

  await t.step("the Back button, with the screen shared", async () => {
    await joinAndShare();
    await page.goBack();
    await page.getByTestId("show-register").waitFor();
    await assertAllEnded(3);
  });

  await t.step("the end of the meeting, with the screen shared", async () => {
    await host.end(await joinAndShare());
    await waitForEnding(page, "ended");
    await assertAllEnded(3);
  });

  await t.step("a removal by a host, with the screen shared", async () => {
    using client = await host.join(await joinAndShare());
    const opened = sockets.length;
    assert((await client.request("moderation.remove", { participant_id: await ownId() })).ok);
    await waitForEnding(page, "removed");
    assertEquals(await page.getByTestId("rejoin").count(), 0);
    await assertAllEnded(3);
    assertEquals(sockets.length, opened);
  });

  await t.step("a screen that is not permitted any more, and it alone", async () => {
    using client = await host.join(await joinAndShare());
    const forbidden = { permissions: { screen: false } };
    assert((await client.request("moderation.permissions", forbidden)).ok);
    await page.getByTestId("screen-tile").waitFor({ state: "detached" });
    const [microphone, camera, ...screen] = await capture.states();
    assertEquals([microphone, camera], ["audio live", "video live"]);
    assert(screen.length > 0 && screen.every((state) => state.endsWith(" ended")), `${screen}`);
    assert((await client.request("moderation.permissions", { permissions: { screen: true } })).ok);
    await page.getByTestId("screen").getByText("Share screen").waitFor();
    assertEquals(await capture.states(), ["audio live", "video live", ...screen]);
  });

  await t.step("the page going away in the meeting, with the screen shared", async () => {
    await joinAndShare();
    await page.evaluate(() => void dispatchEvent(new PageTransitionEvent("pagehide")));
    await assertAllEnded(3);
  });

  for (const reason of ["locked", "full"] as const) {
    await t.step(`a join that is refused, for the meeting is ${reason}`, async () => {
      const code = await host.create({ waiting_room: false }, reason === "full" ? 1 : 10);
      using client = await host.join(code);
      assert((await client.request("moderation.lock", { locked: reason === "locked" })).ok);
      await lobby(code);
      await clickJoin(page);
      await waitForEnding(page, reason);
      await assertAllEnded(2);
    });
  }

  for (
    const [code, reason, offered] of [
      [4409, "replaced", ["Use it here"]],
      [4400, "failed", ["Try again"]],
      [4410, "ended", []],
    ] as const
  ) {
    await t.step(`the server's ${code}, with the screen shared`, async () => {
      await joinAndShare();
      for (const socket of sockets) await socket.close({ code });
      const opened = sockets.length;
      await waitForEnding(page, reason);
      assertEquals(await page.getByTestId("rejoin").allTextContents(), [...offered]);
      await assertAllEnded(3);
      assertEquals(sockets.length, opened);
    });
  }

  await t.step("denied in the waiting room", async () => {
    const code = await host.create({ waiting_room: true });
    using client = await host.join(code);
    await lobby(code);
    await clickJoin(page);
    const { participant } = await client.told("participant.waiting");
    await page.getByTestId("waiting-room").waitFor();
    assert((await client.request("moderation.deny", { participant_ids: [participant.participant_id] })).ok);
    await waitForEnding(page, "denied");
    await assertAllEnded(2);
  });

  await t.step("a refused ticket", async () => {
    const refusal = { error: { code: "MEETING_NOT_FOUND", message: "No such meeting." } };
    await page.route("**/guest-token", (route) => route.fulfill({ status: 404, json: refusal }));
    await lobby(await host.create({ waiting_room: false }));
    await page.getByTestId("display-name").fill("Ada");
    await waitForEnding(page, "not_found");
    await assertAllEnded(2);
    await page.unroute("**/guest-token");
  });

  await t.step("a link that leads nowhere: nothing is captured at all", async () => {
    await startPage();
    await follow(page, "/m/there-is-no-such-meeting");
    await waitForEnding(page, "not_found");
    assertEquals(await capture.states(), []);
  });

  await t.step("signing in instead, and the page going away", async () => {
    const code = await host.create({ waiting_room: false });
    await lobby(code);
    await page.getByTestId("lobby-sign-in").click();
    await page.getByTestId("email").waitFor();
    await assertAllEnded(2);
    await lobby(code);
    await page.evaluate(() => void dispatchEvent(new PageTransitionEvent("pagehide")));
    await assertAllEnded(2);
    // The browser had kept the page, and shows it again.
    await page.evaluate(() => void dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await page.getByTestId("preview").waitFor();
  });

  await t.step(
    "a lobby that the browser had kept is as it was, and so is the name after a reload",
    async () => {
      const code = await host.create({ waiting_room: false });
      await lobby(code);
      await page.getByTestId("display-name").fill("Ada Lovel");
      await page.getByTestId("camera-choice").selectOption("");
      await page.getByText("Your camera is off").waitFor();
      await page.evaluate(() => void dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
      await assertAllEnded(2);
      await page.evaluate(() => void dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
      await page.getByText("Your camera is off").waitFor();
      await page.waitForFunction(() =>
        document.querySelector<HTMLSelectElement>('[data-testid="microphone-choice"]')?.value !== ""
      );
      assertEquals(await page.getByTestId("display-name").inputValue(), "Ada Lovel");
      assertEquals(await page.getByTestId("camera-choice").inputValue(), "");
      await page.reload();
      await page.getByTestId("preview").waitFor();
      assertEquals(await page.getByTestId("display-name").inputValue(), "Ada Lovel");
    },
  );

  await t.step("a chooser that is open while leaving", async () => {
    await join();
    await capture.hold("getDisplayMedia");
    await page.getByTestId("screen").click();
    await capture.open(1);
    await page.getByTestId("leave").click();
    await waitForEnding(page, "left");
    await capture.answer();
    await assertAllEnded(3);
  });

  await t.step("a prompt of the lobby that is answered on the start page", async () => {
    const code = await host.create({ waiting_room: false });
    await startPage();
    await capture.hold("getUserMedia");
    await follow(page, `/m/${code}`);
    await capture.open(1);
    await page.goBack();
    await page.getByTestId("show-register").waitFor();
    await capture.answer();
    await assertAllEnded(2);
  });

  await t.step("a ticket that arrives on the start page lets nobody in", async () => {
    await lobby(await host.create({ waiting_room: false }));
    const [asked, arrived] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await page.route("**/guest-token", async (route) => {
      asked.resolve();
      await arrived.promise;
      await route.continue();
    });
    await page.getByTestId("display-name").fill("Ada");
    await page.getByTestId("join").click();
    await asked.promise;
    await page.goBack();
    await page.getByTestId("show-register").waitFor();
    const answer = page.waitForResponse("**/guest-token");
    arrived.resolve();
    await (await answer).finished();
    await page.unroute("**/guest-token");
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assertEquals(sockets.length, 0);
    await assertAllEnded(2);
  });

  await t.step("a prompt of the meeting that is answered after leaving", async () => {
    await join();
    await page.getByTestId("camera").click();
    assertEquals(await capture.states(), ["audio live", "video ended"]);
    await capture.hold("getUserMedia");
    await page.getByTestId("camera").click();
    await capture.open(1);
    await page.getByTestId("leave").click();
    await waitForEnding(page, "left");
    await capture.answer();
    await assertAllEnded(3);
  });

  await t.step("a camera that is switched off while its prompt is open stays off, in the lobby", async () => {
    const code = await host.create({ waiting_room: false });
    await startPage();
    await capture.hold("getUserMedia");
    await follow(page, `/m/${code}`);
    await capture.open(1);
    await page.getByTestId("lobby-camera").click();
    await capture.answer();
    await page.getByText("Your camera is off").waitFor();
    await page.getByLabel("Turn the camera on").waitFor();
    assertEquals(await capture.states(), ["audio live", "video ended"]);
  });

  await t.step(
    "a camera that is switched off while its prompt is open stays off, in the meeting",
    async () => {
      await join();
      const camera = page.getByTestId("camera");
      await camera.click();
      await capture.hold("getUserMedia");
      await camera.click();
      await capture.open(1);
      await camera.click();
      await capture.answer();
      await camera.getByText("Camera on").waitFor();
      assertEquals(await capture.states(), ["audio live", "video ended", "video ended"]);
      await camera.click();
      await camera.getByText("Camera off").waitFor();
      assertEquals((await capture.states()).at(-1), "video live");
    },
  );

  await t.step(
    "a prompt of the lobby that is answered in the meeting switches on what the page shows",
    async () => {
      const code = await host.create({ waiting_room: false });
      await startPage();
      await capture.hold("getUserMedia");
      await follow(page, `/m/${code}`);
      await capture.open(1);
      await clickJoin(page);
      await inPhase(page, "joined");
      const camera = page.getByTestId("camera");
      await camera.getByText("Opening…").waitFor();
      await capture.answer();
      await camera.getByText("Camera off").waitFor();
      await page.getByTestId("mute").getByText("Mute", { exact: true }).waitFor();
      await page.getByTestId("self-tile").locator("video").waitFor();
      assertEquals(await capture.states(), ["audio live", "video live"]);
    },
  );

  await t.step(
    "a share that is stopped, here or in the browser's own bar, is not shown any more",
    async () => {
      using client = await host.join(await join());
      const shares = async (isOn: boolean) => {
        await client.told(
          "participant.updated",
          ({ participant: { sources } }) => sources.some(({ source }) => source === "screen") === isOn,
        );
        client.notifications.length = 0;
      };
      await shareScreen();
      await shares(true);
      await page.getByTestId("screen").click();
      await page.getByTestId("screen-tile").waitFor({ state: "detached" });
      await shares(false);
      assertEquals(
        (await capture.states()).slice(2).filter((state) => state.endsWith("live")),
        [],
      );
      await shareScreen();
      await shares(true);
      await page.evaluate(() => {
        const track = globalThis.captureWatch?.tracks.findLast(({ kind }) => kind === "video");
        track?.stop();
        // The browser says so of a track that it ended itself.
        track?.dispatchEvent(new Event("ended"));
      });
      await page.getByTestId("screen-tile").waitFor({ state: "detached" });
      await shares(false);
      assertEquals((await capture.states()).slice(2).filter((state) => state.endsWith("live")), []);
    },
  );

  assertEquals(errors.filter((error) => !/404/.test(error)), []);
});
