import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "playwright-core";
import { crowdIn } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { type Stack, startStack } from "../e2e/stack.ts";
import { startTurnServer } from "../e2e/turn_server.ts";
import { keptBrowser } from "./kept_browser.ts";

const patience = { timeout: 60_000 };

const lines = ["server", "udp", "tcp", "relay", "send", "receive"] as const;

/** In the lobby as a guest; a test of the connection has begun. */
async function begin(page: Page, stack: Stack, name = "Ada"): Promise<void> {
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  await page.goto(`${stack.origin}/m/${code}`);
  await page.getByTestId("preview").waitFor();
  await page.getByTestId("display-name").fill(name);
  await page.getByTestId("test-connection").click();
  await page.getByTestId("test-dialog").waitFor();
}

/** What came of each line, once the test is over. */
async function outcomes(page: Page): Promise<(string | null)[]> {
  await page.locator('[data-testid="test-summary"][data-over="true"]').waitFor(patience);
  return await Promise.all(
    lines.map((line) => page.getByTestId(`test-${line}`).getAttribute("data-outcome")),
  );
}

const summary = (page: Page) => page.getByTestId("test-summary").innerText();

Deno.test("connection test › in the lobby, each way is tested, told in words, and can be copied", async (t) => {
  const secret = crypto.randomUUID();
  await using turn = await startTurnServer(secret);
  await using stack = await startStack({ DT_TURN_URLS: turn.url, DT_TURN_SECRET: secret });
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);

  await t.step("where all is well that is said; the text to be copied has no secret in it", async () => {
    const { page, context, errors } = browser;
    await context.grantPermissions(["camera", "microphone", "clipboard-read", "clipboard-write"]);
    await begin(page, stack);
    assertEquals(await outcomes(page), ["works", "works", "works", "works", "works", "works"]);
    assertMatch(await summary(page), /^All is well/);
    await page.getByText("For whoever runs this server").click();
    await page.getByTestId("copy-report").click();
    await page.getByText("Copied", { exact: true }).waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assertMatch(text, /udp: works \(\d+ ms, udp 127\.0\.0\.1:\d+/);
    assertEquals(/bearer|eyJ|ufrag|credential/i.test(text), false, text);
    await page.getByTestId("close-test").click();
    await page.getByTestId("test-dialog").waitFor({ state: "detached" });
    await page.getByTestId("join").click();
    await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
    assertEquals(errors, []);
    await page.close();
  });

  await t.step("where UDP is blocked the detour is found, and that it may stutter is said", async () => {
    const page = await crowd.open();
    await page.addInitScript(() => {
      globalThis.RTCPeerConnection = class extends RTCPeerConnection {
        override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
          // As a firewall: nothing that is sent to a UDP port arrives.
          const sdp = description.sdp?.replaceAll(/(a=candidate:\S+ \d udp \d+ \S+) \d+/g, "$1 9");
          return super.setRemoteDescription({ ...description, ...(sdp === undefined ? {} : { sdp }) });
        }
      };
    });
    await begin(page, stack);
    const [server, udp, tcp, , send, receive] = await outcomes(page);
    assertEquals([server, udp, tcp, send, receive], ["works", "fails", "works", "works", "works"]);
    assertMatch(await summary(page), /may stutter/);
    assertMatch(await page.getByTestId("test-udp").innerText(), /Is blocked/);
  });

  await t.step("a test that is begun again after the machine slept takes a new ticket", async () => {
    const page = await crowd.open();
    await begin(page, stack);
    await outcomes(page);
    // As the clock shows it then: timers stood still.
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 8 * 3_600_000;
    });
    const fetched = page.waitForRequest("**/guest-token");
    await page.getByTestId("test-again").click();
    await fetched;
    // What was found before stands until the new test has begun.
    await page.getByTestId("cancel-test").waitFor();
    await page.locator('[data-testid="test-receive"][data-outcome="works"]').waitFor(patience);
    await page.getByTestId("cancel-test").waitFor({ state: "detached" });
    // Where none is given, the lobby says why.
    await page.route("**/guest-token", (route) => route.abort());
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 8 * 3_600_000;
    });
    await page.getByTestId("test-again").click();
    await page.getByTestId("test-dialog").waitFor({ state: "detached" });
    await page.getByTestId("problem").waitFor();
  });

  await t.step("a test that is ended early tells what it knows, and can be begun again", async () => {
    const page = await crowd.open();
    await begin(page, stack);
    await page.getByTestId("cancel-test").click();
    assert((await outcomes(page)).includes("not_tested"));
    assertEquals(await summary(page), "You have ended the test.");
    await page.getByTestId("test-again").click();
    await page.locator('[data-testid="test-receive"][data-outcome="works"]').waitFor(patience);
  });
});

Deno.test("connection test › without a relay that is no failure, and without a server nothing is tested", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);

  await t.step("a relay that isn't set up", async () => {
    const page = await crowd.open();
    await begin(page, stack);
    assertEquals(await outcomes(page), ["works", "works", "works", "not_set_up", "works", "works"]);
    assertMatch(await page.getByTestId("test-relay").innerText(), /There is none here/);
  });

  await t.step("WebSockets that are blocked", async () => {
    const page = await crowd.open();
    await page.addInitScript(() => {
      globalThis.WebSocket = class extends WebSocket {
        constructor(_url: string | URL, protocols?: string | string[]) {
          super("ws://127.0.0.1:9/", protocols);
        }
      };
    });
    await begin(page, stack);
    assertEquals(await outcomes(page), ["fails", ...Array(5).fill("not_tested")]);
    assertEquals(await summary(page), "From this network you can't join the meeting.");
  });

  await t.step("nobody tests without a name", async () => {
    const page = await crowd.open();
    const code = await (await createHost(stack.origin)).create({ waiting_room: false });
    await page.goto(`${stack.origin}/m/${code}`);
    await page.getByTestId("preview").waitFor();
    await page.getByTestId("test-connection").click();
    await page.getByTestId("field-problem").getByText("Enter your name.").waitFor();
  });
});
