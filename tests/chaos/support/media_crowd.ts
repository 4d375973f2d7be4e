import { assert } from "@std/assert";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { ticket } from "../../../shared/protocol/mod.ts";
import { chromiumFlags, chromiumPath } from "../../e2e/browser.ts";
import { bundlePage } from "../../e2e/bundle_page.ts";
import { createHost } from "../../e2e/meeting_host.ts";
import type { Gap } from "../../e2e/pages/media_crowd.ts";
import type { Stack } from "../../e2e/stack.ts";
import { ticketInRegion } from "../../e2e/ticket_in_region.ts";

/** Somebody with a tab of their own, who sends a tone and a small picture. */
export interface MediaPerson {
  readonly name: string;
  readonly region: string;
  readonly page: Page;
}

/** A gap of one participant's source at another one. */
export interface SeenGap extends Gap {
  readonly by: string;
}

/** People of one meeting, half of them in each region. Each has a renderer of their own in one Chromium. */
export interface MediaCrowd extends AsyncDisposable {
  readonly people: readonly MediaPerson[];
  /** Has a participant join; whoever was in it already leaves before. */
  join(person: MediaPerson): Promise<void>;
  /** Waits until everybody receives everybody. */
  together(): Promise<void>;
  /** Does something, waits until `isOver`, and until everybody receives everybody. Answers the gaps of that time. */
  gapsOf(act: () => void, isOver: () => Promise<boolean>): Promise<SeenGap[]>;
}

/** Many tabs on few cores take long until each has a picture of all others. */
const togetherMs = 180_000;

export async function openMediaCrowd(
  stack: Stack,
  size: number,
  regions: readonly [string, string],
): Promise<MediaCrowd> {
  const script = await bundlePage("media_crowd.ts");
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...chromiumFlags],
  });
  const open = async (index: number): Promise<MediaPerson> => {
    const context: BrowserContext = await browser.newContext();
    const page = await context.newPage();
    // A page of the deployment's own: one that the test makes up would be a public one, which may not reach this machine.
    await page.goto(`${stack.origin}/health`);
    await page.evaluate(script);
    await page.waitForFunction(() => globalThis.mediaCrowd !== undefined);
    return { name: `person-${index}`, region: regions[index % 2 === 0 ? 0 : 1], page };
  };
  const people: MediaPerson[] = [];
  for (let index = 0; index < size; index++) people.push(await open(index));

  async function ticketOf({ name, region }: MediaPerson) {
    const answer = await fetch(`${stack.origin}/api/v1/meetings/${code}/guest-token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ display_name: name }),
    });
    const body = await answer.json();
    assert(answer.ok, JSON.stringify(body));
    return await ticketInRegion(stack, ticket.parse(body), region);
  }

  async function together(): Promise<void> {
    const names = people.map(({ name }) => name);
    await Promise.all(people.map(({ page, name }) =>
      page.waitForFunction(
        (others) => globalThis.mediaCrowd.receives(others),
        names.filter((other) => other !== name),
        { timeout: togetherMs },
      )
    ));
  }

  return {
    people,
    together,
    async join(person) {
      await person.page.evaluate(() => globalThis.mediaCrowd.leave());
      const given = await ticketOf(person);
      const toneHz = 300 + 60 * people.indexOf(person);
      await person.page.evaluate(
        ({ code, given, toneHz }) => globalThis.mediaCrowd.join(code, given, toneHz),
        { code, given, toneHz },
      );
    },
    async gapsOf(act, isOver) {
      await together();
      await Promise.all(people.map(({ page }) => page.evaluate(() => globalThis.mediaCrowd.mark())));
      act();
      while (!await isOver());
      await together();
      const gaps = await Promise.all(people.map(async ({ page, name: by }) => {
        const theirs = await page.evaluate(() => globalThis.mediaCrowd.gaps());
        return theirs.map((gap) => ({ ...gap, by }));
      }));
      return gaps.flat();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
