import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { delay } from "@std/async";
import type { Page } from "playwright-core";
import { childrenOf } from "../dev/running_up.ts";
import { joinFromRegion } from "./join_from_region.ts";
import { mediaPort } from "./media_port.ts";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "./participant.ts";
import { waitForSilence } from "./received_packets.ts";
import { seeAndHearEachOther } from "./see_and_hear.ts";
import { startStack } from "./stack.ts";
import { watchConnections } from "./watched_connections.ts";

Deno.test("two handlers › a meeting is on both, and whoever is on one that dies is back on the other", async (t) => {
  await using stack = await startStack({
    DT_HANDLERS: "2",
    DT_REGION: "north",
    DT_HANDLER_REGIONS: "north,south",
  });
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-handlers-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob, eve] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
      browsers.open("Eve", looks.blue),
    ]);
    const people = [ada, bob, eve];
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "North and south", { allowGuests: true, waitingRoom: false });
    for (const { page } of people) await watchConnections(page);
    await joinFromRegion(stack, eve.page, "south");
    for (const person of people) await joinMeeting(person, stack.origin + path);
    const handlers = await childrenOf(stack.pid, "media/main.ts");
    const [north, south] = await Promise.all(
      ["mh-1", "mh-2"].map(async (id) => {
        const isIt = await Promise.all(handlers.map((pid) => isHandler(pid, id)));
        return handlers[isIt.indexOf(true)] ?? assert(false, `there is no ${id}`);
      }),
    );

    await t.step("each is on the handler of their region, and sees and hears all", async () => {
      await seeAndHearEachOther(people);
      const [hers, his, third] = await Promise.all(people.map(({ page }) => mediaPort(page)));
      assertEquals(hers, his);
      assertNotEquals(third, hers);
    });

    await t.step("a mute on one handler is silent on the other", async () => {
      await ada.page.getByTestId("mute").click();
      await waitForSilence(eve.page, "Ada", "Bob");
      await ada.page.getByTestId("mute").click();
      await seeAndHearEachOther(people);
    });

    await t.step("a handler that dies with one takes nothing from the others", async () => {
      const before = await Promise.all([ada.page, bob.page].map(connections));
      await kill(south, eve.page);
      await seeAndHearEachOther(people, 30_000);
      assertEquals(await Promise.all([ada.page, bob.page].map(connections)), before);
    });

    await t.step("a handler that dies with all leaves them with each other, on the other one", async () => {
      await kill(north, ada.page);
      await seeAndHearEachOther(people, 30_000);
    });
    assertEquals(people.flatMap(({ errors }) => errors), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Ends a process, and waits until a page has built other transports. */
async function kill(pid: number | void, page: Page): Promise<void> {
  assert(pid !== undefined);
  const before = await connections(page);
  Deno.kill(pid, "SIGKILL");
  while (await connections(page) === before) await delay(50);
}

function connections(page: Page): Promise<number> {
  return page.evaluate(() => globalThis.openedConnections.length);
}

async function isHandler(pid: number, id: string): Promise<boolean> {
  const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
  return environment.split("\0").includes(`DT_HANDLER_ID=${id}`);
}
