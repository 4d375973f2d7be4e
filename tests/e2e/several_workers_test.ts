import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { delay } from "@std/async";
import { childrenOf } from "../dev/running_up.ts";
import { mediaPort } from "./media_port.ts";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "./participant.ts";
import { seeAndHearEachOther } from "./see_and_hear.ts";
import { startStack } from "./stack.ts";
import { watchConnections } from "./watched_connections.ts";

Deno.test("several SFU workers › a meeting that outgrows one goes on over two, and both reach everybody", async (t) => {
  await using stack = await startStack({ DT_SFU_WORKERS: "2", DT_LIMIT_ROUTER_TRANSPORTS: "4" });
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-workers-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob, eve] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
      browsers.open("Eve", looks.blue),
    ]);
    const people = [ada, bob, eve];
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Too big for one", { allowGuests: true, waitingRoom: false });
    for (const { page } of people) await watchConnections(page);
    await joinMeeting(ada, stack.origin + path);
    await joinMeeting(bob, stack.origin + path);
    await joinMeeting(eve, stack.origin + path);

    await t.step(
      "the third participant is on another worker, and everybody sees and hears everybody",
      async () => {
        await seeAndHearEachOther(people);
        const [hers, his, third] = await Promise.all(people.map(({ page }) => mediaPort(page)));
        assertEquals(hers, his);
        assertNotEquals(third, hers);
      },
    );

    await t.step("a camera that is switched off and on again reaches the other worker", async () => {
      await ada.page.getByTestId("camera").click();
      const tile = eve.page.locator('[data-testid="tile"][data-name="Ada"] video');
      await tile.waitFor({ state: "detached" });
      await ada.page.getByTestId("camera").click();
      await seeAndHearEachOther(people);
    });

    await t.step("a worker that dies leaves its participants with everybody, on either worker", async () => {
      const [handler] = await childrenOf(stack.pid, "media/main.ts");
      assert(handler !== undefined);
      const connections = () =>
        Promise.all(people.map(({ page }) => page.evaluate(() => globalThis.openedConnections.length)));
      for (const worker of await childrenOf(handler, "mediasoup-worker")) {
        const before = await connections();
        Deno.kill(worker, "SIGKILL");
        // Whoever was on it has built new transports.
        while ((await connections()).every((count, index) => count === before[index])) await delay(50);
        await seeAndHearEachOther(people, 30_000);
      }
    });
    assertEquals(people.flatMap(({ errors }) => errors), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
