import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { ChatMessage, Notification } from "../../shared/protocol/signaling.ts";
import { person } from "../client/samples.ts";
import { bundlePage } from "../e2e/bundle_page.ts";
import type { StageKit } from "../e2e/pages/stage.tsx";
import { outOfDirection } from "./direction.ts";
import { keptBrowser } from "./kept_browser.ts";

declare global {
  var stageKit: StageKit;
  /** While set, nothing plays, as where the browser waits for a click or a tap. */
  var refusesPlay: boolean;
}

const STAGE_SHEET = new URL("../../global/web/style/stage.css", import.meta.url);

/** Tells the page, and waits until it has drawn what follows. */
async function hear(page: Page, notification: Notification): Promise<Record<string, number>> {
  return await page.evaluate(async (told) => {
    stageKit.takeRenders();
    stageKit.hear(told);
    await drawn();
    return stageKit.takeRenders();

    /** The frame after the next one: preact renders before it. */
    async function drawn() {
      for (let frames = 0; frames < 2; frames++) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
    }
  }, notification);
}

const order = (page: Page) =>
  page.locator("figure").evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("data-name")));

function assigned(...ids: string[]): Notification {
  const assignments = ids.map((id, slot) => ({
    slot,
    participant_id: id,
    source: "camera" as const,
    consumer_id: `${id}-camera`,
  }));
  return { type: "layout.assigned", data: { assignments } };
}

function renamed(id: string, display_name: string): Notification {
  return { type: "participant.updated", data: { participant: person(id, { display_name }) } };
}

function message(number: number, from = "ada", more: Partial<ChatMessage> = {}): Notification {
  const data = { message_id: `m${number}`, from, display_name: from, text: `Message ${number}`, ...more };
  return { type: "chat.message", data: { ...data, sent_at: "2026-01-02T03:04:05Z" } };
}

Deno.test("stage › the page's components, told by a server", async (t) => {
  const script = await bundlePage("stage.tsx");
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  await page.setContent("<!DOCTYPE html><body></body>");
  await page.addStyleTag({ content: ".chat-log { height: 200px; overflow: auto } .grid { height: 300px }" });
  await page.addStyleTag({ content: await Deno.readTextFile(STAGE_SHEET) });
  await page.addScriptTag({ content: script, type: "module" });
  await page.locator("figure").first().waitFor();

  await t.step("a change of speaker redraws two tiles and nothing else", async () => {
    assertEquals(await hear(page, { type: "speaker.active", data: { participant_id: "ada" } }), {
      Tile: 1,
      Caption: 1,
    });
    assertEquals(await hear(page, { type: "speaker.active", data: { participant_id: "bob" } }), {
      Tile: 2,
      Caption: 2,
    });
    assertEquals(await page.locator("figure.speaking").getAttribute("data-name"), "bob");
  });

  await t.step(
    "a slot whose picture isn't there yet shows the avatar, then the picture in the same tile",
    async () => {
      const tile = page.locator('figure[data-name="ada"]');
      const before = await tile.elementHandle();
      assertEquals(await tile.locator(".avatar").count(), 1);
      await page.evaluate(() => stageKit.showPictures(["ada", "bob", "eve"]));
      await tile.locator("video").waitFor();
      assertEquals(await tile.evaluate((now, before) => now === before, before), true);
    },
  );

  await t.step("slots that swap move the tiles; their video elements live on", async () => {
    const videos = await page.evaluateHandle(() =>
      new Map(
        [...document.querySelectorAll("figure")].map((
          tile,
        ) => [tile.dataset.name, tile.querySelector("video")]),
      )
    );
    const redrawn = await hear(page, assigned("eve", "bob", "ada"));
    assertEquals(redrawn, { Grid: 1 });
    assertEquals(await order(page), ["eve", "bob", "ada", "me"]);
    const kept = await page.evaluate(
      (before) =>
        [...document.querySelectorAll("figure")].every((tile) =>
          before.get(tile.dataset.name) === tile.querySelector("video")
        ),
      videos,
    );
    assertEquals(kept, true);
  });

  await t.step("who lost the slot is counted, and goes on to be heard", async () => {
    await page.evaluate(() => stageKit.hearVoices(["ada", "bob", "eve", "gil"]));
    await page.locator("audio").nth(3).waitFor({ state: "attached" });
    const before = await page.locator('audio[data-name="ada"]').elementHandle();
    await hear(page, assigned("gil", "bob", "eve"));
    assertEquals(await order(page), ["gil", "bob", "eve", "me"]);
    await page.getByText("and 1 more").waitFor();
    assertEquals(await page.locator("audio").count(), 4);
    const voice = page.locator('audio[data-name="ada"]');
    assertEquals(await voice.evaluate((now, before) => now === before, before), true);
  });

  await t.step(
    "the chat follows at its end, past 200 messages too; elsewhere it says what is new",
    async () => {
      const history = Array.from({ length: 205 }, (_, number) => message(number));
      await page.evaluate((told) => told.forEach(stageKit.hear), history);
      await page.getByText("Message 204", { exact: true }).waitFor();
      const fromEnd = () =>
        page.getByRole("log").evaluate((log) =>
          Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)
        );
      await hear(page, message(205));
      assertEquals([await fromEnd(), await page.getByTestId("new-messages").count()], [0, 0]);

      await page.getByRole("log").evaluate((log) => log.scrollTo(0, 400));
      // The page hears of the scrolling with the next frame.
      await hear(page, { type: "speaker.active", data: { participant_id: "eve" } });
      await hear(page, message(206));
      await hear(page, message(207, "me"));
      await page.getByRole("log").evaluate((log) => log.scrollTo(0, 400));
      await hear(page, { type: "speaker.active", data: { participant_id: "ada" } });
      await hear(page, message(208));
      await hear(page, message(209));
      assertEquals(await page.getByTestId("new-messages").textContent(), "2 new messages");
      await page.getByTestId("new-messages").click();
      await page.getByTestId("new-messages").waitFor({ state: "detached" });
      assertEquals(await fromEnd(), 0);
    },
  );

  await t.step("names and texts run in their own direction and leave what is around them alone", async () => {
    const [name, text, initials] = ["שרה כהן", "שלום לכולם, https://example.org", "שכ"];
    await hear(page, renamed("eve", name));
    await hear(page, { type: "reaction", data: { participant_id: "eve", reaction: "👍" } });
    const mute = {
      participant_id: "me",
      source: "camera",
      muted: true,
      by: "eve",
      may_unmute: true,
    } as const;
    await hear(page, { type: "moderation.muted", data: mute });
    await hear(page, message(300, "eve", { display_name: name, text }));
    await hear(page, message(301, "me", { to: "eve" }));
    await page.getByTestId("chat-to").selectOption({ label: name });
    await page.getByTestId("chat-input").fill(text);
    for (
      const [place, words] of [
        ['figure[data-participant-id="eve"] figcaption', name],
        ['figure[data-participant-id="eve"] .avatar', initials],
        ['[data-testid="roster"]', name],
        ['[data-testid="reactions"]', name],
        ['[data-testid="moderation"]', `${name} has switched your camera off.`],
        ['[data-testid="chat-message"] small', name],
        ['[data-testid="chat-message"] p', text],
        ['[data-testid="private"]', `to ${name} alone`],
        ['[data-testid="chat-to"]', name],
      ] as const
    ) {
      await page.locator(place).getByText(words).or(page.locator(place).filter({ hasText: words })).first()
        .waitFor();
    }
    assertEquals(await outOfDirection(page, [name, text, initials]), []);
    await page.getByTestId("chat-input").fill("");
    assertEquals(
      await page.getByTestId("chat-input").getAttribute("placeholder"),
      `Write to \u2068${name}\u2069 alone`,
    );
    assertEquals(await outOfDirection(page, [name, text, initials]), []);
  });

  await t.step(
    "what a host does or asks again in the same words is said again, and takes no focus",
    async () => {
      const asked: Notification = {
        type: "moderation.unmute_asked",
        data: { source: "microphone", by: "ada" },
      };
      const words = page.getByTestId("moderation").getByText("asks you to switch your microphone on.");
      await hear(page, asked);
      await words.evaluate((element) => element.setAttribute("data-old", ""));
      await page.getByTestId("moderation-dismiss").focus();
      await hear(page, { type: "speaker.active", data: { participant_id: "eve" } });
      assertEquals(await words.getAttribute("data-old"), "", "nothing is said that nobody did");
      await hear(page, asked);
      assertEquals(await words.getAttribute("data-old"), null);
      assertEquals(await page.locator('[data-testid="moderation-dismiss"]:focus').count(), 1);
    },
  );

  await t.step("who is away is said whole, however long the name before it is", async () => {
    const away = person("eve", {
      display_name: "Wolfeschlegelsteinhausenbergerdorff ".repeat(2),
      state: "away",
    });
    const [participant, word] = [away, page.locator('figure[data-participant-id="eve"] .away-word')];
    for (const width of [1280, 1000]) {
      await page.setViewportSize({ width, height: 720 });
      await hear(page, { type: "participant.updated", data: { participant } });
      const [text, shown] = await word.evaluate((element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        return [range.getBoundingClientRect().width, element.getBoundingClientRect().width] as const;
      });
      assertEquals(text - shown > 0.01, false, `${text} pixels of text in ${shown}, in a window of ${width}`);
    }
    await page.setViewportSize({ width: 1280, height: 720 });
    await hear(page, { type: "participant.updated", data: { participant: person("eve") } });
  });

  await t.step("a name's first characters are whole ones, however many code points each has", async () => {
    const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";
    await hear(page, renamed("gil", `${family}s E\u0301va`));
    assertEquals(
      await page.locator('figure[data-participant-id="gil"] .avatar').textContent(),
      `${family}E\u0301`,
    );
  });

  await t.step("how well somebody is received is shown by bars, and read out in words", async () => {
    await hear(page, { type: "quality", data: { participant_id: "bob", level: "poor" } });
    const bars = page.locator('figure[data-name="bob"]').getByTestId("quality");
    assertEquals([await bars.textContent(), await bars.locator("rect.lit").count()], [
      ", poor connection",
      1,
    ]);
    const inRoster = page.locator('[data-testid="roster"] [data-name="bob"]').getByTestId("quality");
    assertEquals(await inRoster.getAttribute("title"), "poor connection");
    await hear(page, { type: "quality", data: { participant_id: "bob", level: "good" } });
    assertEquals(await bars.locator("rect.lit").count(), 3);
  });

  await t.step("what is too long is cut between characters while it is typed", async () => {
    const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";
    const input = page.getByTestId("chat-input");
    await input.fill("x".repeat(3_998) + family);
    assertEquals(await input.inputValue(), "x".repeat(3_998));
    await input.fill("x".repeat(3_995) + family);
    assertEquals(await input.inputValue(), "x".repeat(3_995) + family);
    // The page knows this text already, and draws nothing.
    for (const length of [4_000, 4_001]) await input.fill("x".repeat(length));
    assertEquals(await input.inputValue(), "x".repeat(4_000));
  });

  await t.step(
    "a picture that stands still gives way to the avatar and to words, until it moves again",
    async () => {
      const words = page.locator('figure[data-name="bob"]').getByTestId("held");
      const video = page.locator('figure[data-name="bob"] video');
      await words.waitFor();
      assertEquals(await video.evaluate((video) => getComputedStyle(video).visibility), "hidden");
      const moving = await page.evaluate(() => setInterval(() => stageKit.movePictures(), 200));
      await words.waitFor({ state: "hidden" });
      assertEquals(await video.evaluate((video) => getComputedStyle(video).visibility), "visible");
      await page.evaluate((moving) => clearInterval(moving), moving);
    },
  );

  await t.step(
    "a picture that the server withholds for the connection's sake gives way to words",
    async () => {
      const tile = page.locator('figure[data-name="bob"]');
      const layers = (layers: { spatial: number } | null): Notification => ({
        type: "media.consumers",
        data: { added: [], removed: [], changed: [{ consumer_id: "bob-camera", layers }] },
      });
      await hear(page, layers(null));
      await tile.getByText("The connection is too slow for a picture.").waitFor();
      assertEquals([await tile.locator("video").count(), await tile.locator(".avatar").count()], [0, 1]);
      await hear(page, layers({ spatial: 0 }));
      await tile.locator("video").waitFor();
      assertEquals(await tile.getAttribute("data-starved"), null);
    },
  );

  await t.step(
    "what the browser doesn't play yet says so and isn't held, until a tap that the browser takes",
    async () => {
      await page.evaluate(() => {
        const { play } = HTMLMediaElement.prototype;
        globalThis.refusesPlay = true;
        HTMLMediaElement.prototype.play = function () {
          this.autoplay = !globalThis.refusesPlay;
          return globalThis.refusesPlay
            ? Promise.reject(new DOMException("", "NotAllowedError"))
            : play.call(this);
        };
        stageKit.showPictures(["gil"]);
        stageKit.hearVoices(["gil"]);
      });
      const tile = page.locator('figure[data-participant-id="gil"]');
      const [waits, silenced] = [
        tile.getByTestId("picture-waits"),
        page.getByText("Click anywhere to hear."),
      ];
      await waits.waitFor();
      await silenced.waitFor();
      await page.evaluate(() => globalThis.refusesPlay = false);
      // By the time that another picture was held, and its successor, this one would be, too.
      const held = page.locator('figure[data-name="bob"][data-held]');
      for (let pictures = 0; pictures < 2; pictures++) {
        await page.evaluate(() => stageKit.showPictures(["bob"]));
        await held.waitFor({ state: "detached" });
        await held.waitFor();
      }
      assertEquals([await tile.getAttribute("data-held"), await waits.count()], [null, 1]);
      await page.evaluate(() => {
        globalThis.refusesPlay = true;
        dispatchEvent(new MouseEvent("click"));
      });
      await hear(page, { type: "speaker.active", data: { participant_id: "eve" } });
      assertEquals([await waits.count(), await silenced.count()], [1, 1]);
      await page.evaluate(() => globalThis.refusesPlay = false);
      await tile.click();
      await waits.waitFor({ state: "detached" });
      await silenced.waitFor({ state: "detached" });
      assertEquals(await tile.locator("video").evaluate((video: HTMLVideoElement) => video.paused), false);
    },
  );

  assertEquals(errors, []);
});
