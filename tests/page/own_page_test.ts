import type { Page } from "playwright-core";
import { createHost } from "../e2e/meeting_host.ts";
import { startStack } from "../e2e/stack.ts";
import { keptBrowser } from "./kept_browser.ts";

/** The example of docs/integrating.md, for a deployment at this origin. */
async function exampleFor(origin: string): Promise<string> {
  const text = await Deno.readTextFile(new URL("../../docs/integrating.md", import.meta.url));
  const [, html = ""] = text.match(/```html\n(.*?)```/s) ?? [];
  return html.replaceAll("https://meet.example.org", origin);
}

/** A site of somebody else, which serves one page. */
function startSite(page: () => Promise<string>): AsyncDisposable & { readonly origin: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    return new Response(await page(), { headers: { "content-type": "text/html" } });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Waits until a picture has come and a voice is played. */
async function waitForMedia(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const [picture, voice] = [document.querySelector("video"), document.querySelector("audio")];
    return (picture?.videoWidth ?? 0) > 0 && voice?.paused === false;
  });
}

Deno.test("own page › two guests see and hear each other on the page of docs/integrating.md", async (t) => {
  let origin = "";
  const example = () => exampleFor(origin);
  await using site = startSite(example);
  await using stranger = startSite(example);
  await using stack = await startStack({ DT_ALLOWED_ORIGINS: site.origin });
  origin = stack.origin;
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false });
  await using browser = await keptBrowser();
  const [ada, bob] = [browser.page, await browser.context.newPage()];

  await t.step("they come in, and each has the other's picture and voice", async () => {
    for (const [page, name] of [[ada, "Ada"], [bob, "Bob"]] as const) {
      await page.goto(`${site.origin}/?code=${code}&name=${name}`);
      await page.getByRole("button", { name: "Join" }).click();
      await page.getByText("joined").waitFor();
    }
    for (const page of [ada, bob]) await waitForMedia(page);
  });

  await t.step("the others are told of who mutes themselves, and of who switches on again", async () => {
    using observer = await host.join(code);
    for (const [button, paused] of [["Mute", true], ["Unmute", false]] as const) {
      await ada.getByRole("button", { name: button, exact: true }).click();
      await observer.told(
        "participant.updated",
        ({ participant: { display_name, sources } }) =>
          display_name === "Ada" &&
          sources.some((one) => one.source === "microphone" && one.paused === paused),
      );
    }
    await observer.request("leave", {});
  });

  await t.step("who is left alone sees nobody, and the end in words", async () => {
    await bob.getByRole("button", { name: "Leave" }).click();
    await ada.waitForFunction(() => document.getElementById("people")?.childElementCount === 0);
    await host.end(code);
    await ada.getByText("ended: Nobody can join it any more.").waitFor();
  });

  await t.step("on a page of an origin that isn't allowed the server can't be reached", async () => {
    await bob.goto(`${stranger.origin}/?code=${code}`);
    await bob.getByRole("button", { name: "Join" }).click();
    await bob.getByText("The server cannot be reached.").waitFor();
  });
});
