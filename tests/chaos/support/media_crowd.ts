import { assert } from "@std/assert";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { ticket } from "../../../shared/protocol/mod.ts";
import { chromiumFlags, chromiumPath } from "../../e2e/browser.ts";
import { bundlePage } from "../../e2e/bundle_page.ts";
import { createHost } from "../../e2e/meeting_host.ts";
import type { Gap } from "../../e2e/pages/media_crowd.ts";
import type { Stack } from "../../e2e/stack.ts";
import { ticketInRegion } from "../../e2e/ticket_in_region.ts";

/** Somebody with a tab of their own, who sends a small picture and, where they speak, a tone. */
export interface MediaPerson {
  readonly name: string;
  readonly speaks: boolean;
  /** Null for no particular one. */
  readonly region: string | null;
  readonly page: Page;
}

/** A gap of one participant's source at another one. */
export interface SeenGap extends Gap {
  readonly by: string;
}

/** People of one meeting. Each has a renderer of their own in one Chromium. */
export interface MediaCrowd extends AsyncDisposable {
  readonly people: readonly MediaPerson[];
  /** Has a participant join; whoever was in it already leaves before. */
  join(person: MediaPerson): Promise<void>;
  /** Waits until everybody receives everybody. */
  together(): Promise<void>;
  /**
   * Does something that costs these people their transports. Waits until they have others, and until everybody receives
   * everybody. Answers the gaps of that time.
   */
  gapsOf(act: () => void, people: readonly MediaPerson[]): Promise<SeenGap[]>;
}

/** Many tabs on few cores take long until each has a picture of all others. */
const togetherMs = 180_000;

/** More at a time than a few pictures are more than two cores can encode and decode. */
const framesPerSecond = (size: number) => size > 4 ? 4 : 10;
/** Nor can they decode nine sounds in each of ten tabs, and do anything else. In a large meeting few people speak. */
const speakers = (size: number) => size > 4 ? 2 : size;

/** `regions`: that of each person. */
export async function openMediaCrowd(
  stack: Stack,
  regions: readonly (string | null)[],
): Promise<MediaCrowd> {
  const script = await bundlePage("media_crowd.ts");
  const code = await (await createHost(stack.origin)).create({ waiting_room: false });
  await using opened = new AsyncDisposableStack();
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [...chromiumFlags],
  });
  opened.defer(() => browser.close());
  const context: BrowserContext = await browser.newContext();
  const open = async (region: string | null, index: number): Promise<MediaPerson> => {
    const page = await context.newPage();
    // A page of the deployment's own: one that the test makes up would be a public one, which may not reach this machine.
    await page.goto(`${stack.origin}/health`);
    await page.evaluate(script);
    await page.waitForFunction(() => globalThis.mediaCrowd !== undefined);
    return { name: `person-${index}`, speaks: index < speakers(regions.length), region, page };
  };
  const people: MediaPerson[] = [];
  for (const [index, region] of regions.entries()) people.push(await open(region, index));

  async function ticketOf({ name, region }: MediaPerson) {
    const answer = await fetch(`${stack.origin}/api/v1/meetings/${code}/guest-token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ display_name: name }),
    });
    const body = await answer.json();
    assert(answer.ok, JSON.stringify(body));
    const given = ticket.parse(body);
    return region === null ? given : await ticketInRegion(stack, given, region);
  }

  /** Waits until everybody receives everybody; at and of the `moved` over other tracks than before. */
  async function together(moved: readonly MediaPerson[] = []): Promise<void> {
    await Promise.all(people.map((person) => {
      const sources = people.filter((one) => one !== person).flatMap((one) => {
        const anew = moved.includes(person) || moved.includes(one);
        const sent = one.speaks ? ["camera", "microphone"] : ["camera"];
        return sent.map((source) => ({ of: one.name, source, anew }));
      });
      return person.page.waitForFunction(
        (sources) => globalThis.mediaCrowd.receives(sources),
        sources,
        { timeout: togetherMs, polling: 250 },
      );
    }));
  }

  const resources = opened.move();
  return {
    people,
    together: () => together(),
    async join(person) {
      await person.page.evaluate(() => globalThis.mediaCrowd.leave());
      const given = await ticketOf(person);
      const looks = {
        toneHz: 300 + 60 * people.indexOf(person),
        framesPerSecond: framesPerSecond(people.length),
        speaks: person.speaks,
      };
      await person.page.evaluate(
        ({ code, given, looks }) => globalThis.mediaCrowd.join(code, given, looks),
        { code, given, looks },
      );
    },
    async gapsOf(act, victims) {
      await together();
      await Promise.all(people.map(({ page }) => page.evaluate(() => globalThis.mediaCrowd.mark())));
      const pages = victims.map(({ page }) => page);
      const before = await Promise.all(
        pages.map((page) => page.evaluate(() => globalThis.mediaCrowd.connections())),
      );
      const moved = pages.map((page, index) =>
        page.evaluate((count) => globalThis.mediaCrowd.moreConnections(count), before[index] ?? 0)
      );
      act();
      await Promise.all(moved);
      await together(victims);
      const gaps = await Promise.all(people.map(async ({ page, name: by }) => {
        const theirs = await page.evaluate(() => globalThis.mediaCrowd.gaps());
        return theirs.map((gap) => ({ ...gap, by }));
      }));
      return gaps.flat();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
