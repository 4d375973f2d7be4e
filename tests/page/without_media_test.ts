import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn, DESKTOP, enter, PHONE, scrollsSideways, signUp } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { screenshots } from "./screenshots.ts";
import { watchCapture } from "./watched_capture.ts";

/** As in Lockdown Mode, or in Tor's browser. */
async function withoutWebRtc(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  });
}

Deno.test("without media › who has no WebRTC is told so, before the join and after it, and reads and writes", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const shoot = screenshots("without-media");
  const host = await createHost(stack.origin);

  await t.step("a guest", async () => {
    const code = await host.create({ waiting_room: false });
    using client = await host.join(code);
    const pia = await crowd.open(PHONE);
    await withoutWebRtc(pia);
    const captured = await watchCapture(pia);
    const problem = pia.getByTestId("problem");
    await pia.goto(`${stack.origin}/m/${code}`);
    await pia.getByTestId("display-name").fill("Pia");
    await problem.getByText("its WebRTC is switched off").waitFor();
    await problem.getByText("You can join all the same, to read and to write.").waitFor();
    await pia.getByTestId("preview").waitFor({ state: "detached" });
    await shoot("lobby", { pia });
    assertEquals(await scrollsSideways(pia), false);
    await enter(pia, "Pia");
    assertEquals((await captured.states()).filter((state) => state.endsWith("live")), []);
    await pia.getByTestId("no-media").getByText("its WebRTC is switched off").waitFor();
    await pia.locator('figure[data-name="Host"]').waitFor();
    await pia.getByTestId("mute").click();
    await problem.getByText("its WebRTC is switched off").waitFor();
    await shoot("meeting", { pia });
    await client.request("chat.send", { text: "Do you read me?" });
    await pia.getByTestId("show-chat").click();
    await pia.getByText("Do you read me?").waitFor();
    await pia.getByTestId("chat-input").fill("Yes");
    await pia.getByTestId("chat-send").click();
    await client.told("chat.message", ({ text }) => text === "Yes");
  });

  await t.step("a member", async () => {
    const ada = await crowd.open(DESKTOP);
    await withoutWebRtc(ada);
    const captured = await watchCapture(ada);
    await signUp(ada, stack.origin, "Ada");
    await ada.getByTestId("meeting-name").fill("Quiet");
    await ada.getByTestId("create-meeting").click();
    await ada.getByTestId("problem").getByText("its WebRTC is switched off").waitFor();
    await shoot("lobby", { ada });
    await enter(ada, "Ada");
    await ada.getByTestId("no-media").waitFor();
    assertEquals(await captured.states(), []);
  });

  await t.step("a page that was opened over http, which gets no devices", async () => {
    const code = await host.create({ waiting_room: false });
    using client = await host.join(code);
    const gil = await crowd.open(DESKTOP);
    await gil.addInitScript(() => {
      Reflect.deleteProperty(Navigator.prototype, "mediaDevices");
      Reflect.deleteProperty(Navigator.prototype, "locks");
      Reflect.deleteProperty(Crypto.prototype, "randomUUID");
    });
    await gil.goto(`${stack.origin}/m/${code}`);
    await gil.getByTestId("problem").getByText("only to pages opened over https or on localhost").waitFor();
    await enter(gil, "Gil");
    assertEquals((await client.told("participant.joined")).participant.display_name, "Gil");
  });

  await t.step("whose media fails for another reason waits without it, too", async () => {
    const bob = await crowd.open(DESKTOP);
    await bob.addInitScript(() => {
      RTCPeerConnection.prototype.addTransceiver = () => {
        throw new DOMException("broken by the test", "OperationError");
      };
    });
    await bob.goto(`${stack.origin}/m/${await host.create({ waiting_room: true })}`);
    await enter(bob, "Bob", "waiting");
    await bob.getByTestId("problem").getByText("Audio and video could not be prepared.").waitFor();
    assertEquals(await bob.getByTestId("preview").count(), 0);
    await shoot("waiting", { bob });
  });

  assertEquals(crowd.errors, []);
});
