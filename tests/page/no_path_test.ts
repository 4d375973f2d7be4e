import { assertEquals } from "@std/assert";
import { enter } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";

Deno.test("no path › where a network lets no media through, that is said with what to do, and the chat works", async () => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  using client = await host.join(code);
  await using browser = await keptBrowser();
  const { page } = browser;
  // Only a relay may be used, and there is none: as behind a firewall that lets nothing but the web through.
  await page.addInitScript(() => {
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
  });
  await page.clock.install();
  const looksForPath = page.waitForEvent("websocket").then((signaling) =>
    signaling.waitForEvent("framesent", ({ payload }) => String(payload).includes('"media.connect"'))
  );
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await enter(page, "Ada");
  await looksForPath;
  // So long a path may take.
  await page.clock.fastForward(10_000);
  await page.getByTestId("no-path").getByText("your network seems to block it").waitFor();
  await client.request("chat.send", { text: "Do you read me?" });
  await page.getByTestId("show-chat").click();
  await page.getByText("Do you read me?").waitFor();
  assertEquals(await page.locator('[data-testid="state"]').getAttribute("data-phase"), "joined");
});
