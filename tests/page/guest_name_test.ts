import { assertEquals } from "@std/assert";
import { crowdIn, signUp } from "../e2e/crowd.ts";
import { createHost } from "../e2e/meeting_host.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { inPhase } from "../e2e/watched_connections.ts";
import { keptBrowser } from "./kept_browser.ts";

Deno.test("names › where nobody may be renamed, each is called as they typed it, or as their account is", async (t) => {
  const stack = await sharedStack();
  const host = await createHost(stack.origin);
  const code = await host.create({ waiting_room: false, permissions: { rename: false } });
  using client = await host.join(code);
  await using browser = await keptBrowser();
  const crowd = crowdIn(browser);
  const address = `${stack.origin}/m/${code}`;

  /** The name that the others read of whoever has joined last. */
  async function joinedName(): Promise<string> {
    const { participant } = await client.told("participant.joined");
    client.notifications.length = 0;
    return participant.display_name;
  }

  for (const pause of ["typed on and joined at once", "paused again before joining"] as const) {
    await t.step(`a guest who paused, ${pause}`, async () => {
      const guest = await crowd.open();
      const name = guest.getByTestId("display-name");
      const ready = guest.locator('[data-testid="lobby"][data-ready="true"]');
      await guest.goto(address);
      await guest.getByTestId("preview").waitFor();
      await name.pressSequentially("An");
      await ready.waitFor();
      await name.pressSequentially("na Berg");
      if (pause === "paused again before joining") await ready.waitFor();
      await guest.getByTestId("join").click();
      await inPhase(guest, "joined");
      assertEquals(await joinedName(), "Anna Berg");
      await guest.close();
    });
  }

  await t.step("a member reads that their account's name counts, and isn't offered another one", async () => {
    const ada = await crowd.open();
    await signUp(ada, stack.origin, "Ada Account");
    await ada.goto(address);
    await ada.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
    await ada.getByText("In this meeting everybody is called as their account is.").waitFor();
    assertEquals(await ada.getByTestId("display-name").isEditable(), false);
    await ada.getByTestId("join").click();
    await inPhase(ada, "joined");
    assertEquals(await joinedName(), "Ada Account");
  });

  assertEquals(crowd.errors, []);
});
