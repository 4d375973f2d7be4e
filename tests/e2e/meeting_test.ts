import { assert, assertEquals } from "@std/assert";
import { openBrowser } from "./browser.ts";
import { crowdIn, scrollsSideways } from "./crowd.ts";
import { browsersIn, clickJoin, createMeeting, joinMeeting, looks, register } from "./participant.ts";
import { waitForPicture, waitForTone, watchFor } from "./received_media.ts";
import { seeAndHearEachOther } from "./see_and_hear.ts";
import { sharedStack } from "./shared_stack.ts";

Deno.test("meeting › through the page, with real browsers and real media", async (t) => {
  const stack = await sharedStack();
  const { origin } = stack;
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-e2e-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob, eve] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
      browsers.open("Eve", looks.blue),
    ]);
    await register(ada, origin);

    await t.step("three people see and hear each other for 30 s", async () => {
      const path = await createMeeting(ada, "Weekly planning", { allowGuests: true, waitingRoom: false });
      await joinMeeting(ada);
      await joinMeeting(bob, origin + path);
      await joinMeeting(eve, origin + path);
      const people = [ada, bob, eve];
      await seeAndHearEachOther(people);
      await Promise.all(
        people.flatMap(({ page, name: viewer }) =>
          people.filter(({ name }) => name !== viewer).map(({ name }) => watchFor(page, name, 30))
        ),
      );
      await seeAndHearEachOther(people);
      assertEquals(people.flatMap(({ errors }) => errors), []);
    });

    await t.step("a guest waits, is admitted, is seen; another is denied and told so", async () => {
      await ada.page.goto(`${origin}/`);
      const path = await createMeeting(ada, "With a waiting room", { allowGuests: true, waitingRoom: true });
      await joinMeeting(ada);
      const gil = { ...bob, name: "Gil" };
      await gil.page.goto(origin + path);
      await clickJoin(gil);
      await gil.page.getByTestId("waiting-room").waitFor();
      assertEquals(await ada.page.locator('[data-testid="tile"][data-name="Gil"]').count(), 0);
      await ada.page.locator('[data-testid="waiting-panel"] [data-name="Gil"]').getByTestId("admit").click();
      await gil.page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
      await seeAndHearEachOther([ada, gil]);

      const dan = { ...eve, name: "Dan" };
      await dan.page.goto(origin + path);
      await clickJoin(dan);
      await dan.page.getByTestId("waiting-room").waitFor();
      await ada.page.locator('[data-testid="waiting-panel"] [data-name="Dan"]').getByTestId("deny").click();
      await dan.page.getByTestId("ending").waitFor();
      assertEquals(
        await dan.page.getByTestId("ending-message").textContent(),
        "The host did not let you in.",
      );
      await ada.page.getByTestId("waiting-panel").waitFor({ state: "detached" });
      assertEquals(await ada.page.locator('[data-testid="tile"][data-name="Dan"]').count(), 0);
    });

    await t.step(
      "mute and camera are seen by the others, chat is read by them, who leaves is gone",
      async () => {
        await ada.page.goto(`${origin}/`);
        const path = await createMeeting(ada, "Small talk", { allowGuests: true, waitingRoom: false });
        await joinMeeting(ada);
        await joinMeeting(bob, origin + path);
        await seeAndHearEachOther([ada, bob]);
        const tile = ada.page.locator('[data-testid="tile"][data-name="Bob"]');

        await bob.page.getByTestId("mute").click();
        await ada.page.locator('[data-testid="tile"][data-name="Bob"][data-muted="true"]').waitFor();
        await bob.page.getByTestId("mute").click();
        await ada.page.locator('[data-testid="tile"][data-name="Bob"][data-muted="false"]').waitFor();
        await waitForTone(ada.page, "Bob", bob.looks.toneHz);

        await bob.page.getByTestId("camera").click();
        await tile.locator("video").waitFor({ state: "detached" });
        await bob.page.getByTestId("camera").click();
        await waitForPicture(ada.page, "Bob", bob.looks.rgb);

        await bob.page.getByTestId("screen").click();
        const screen = ada.page.locator('[data-testid="screen-tile"][data-name="Bob"] video');
        await screen.waitFor();
        await ada.page.waitForFunction(
          (video) => video instanceof HTMLVideoElement && video.currentTime > 1,
          await screen.elementHandle(),
        );
        await bob.page.getByTestId("screen").click();
        await screen.waitFor({ state: "detached" });

        await bob.page.getByTestId("show-chat").click();
        await bob.page.getByTestId("chat-input").fill("<b>Hello</b>\nthere");
        await bob.page.getByTestId("chat-send").click();
        await ada.page.getByTestId("show-chat").click();
        const message = ada.page.locator('[data-testid="chat-message"][data-from="Bob"] p');
        await message.waitFor();
        assertEquals(await message.textContent(), "<b>Hello</b>\nthere");

        await bob.page.getByTestId("leave").click();
        await bob.page.getByTestId("ending").waitFor();
        await tile.waitFor({ state: "detached" });
        assertEquals([ada, bob].flatMap(({ errors }) => errors), []);
      },
    );

    await t.step("the Back button leaves the meeting, as Leave does", async () => {
      await ada.page.goto(`${origin}/`);
      const path = await createMeeting(ada, "There and back", { allowGuests: true, waitingRoom: false });
      await joinMeeting(ada);
      await joinMeeting(bob, origin + path);
      const tile = bob.page.locator('[data-testid="tile"][data-name="Ada"]');
      await tile.waitFor();
      await ada.page.goBack();
      await ada.page.getByTestId("meeting-name").waitFor();
      await tile.waitFor({ state: "detached" });
      await bob.page.getByTestId("leave").click();
    });

    await t.step("without a camera and a microphone, on a phone, by keyboard alone", async () => {
      await ada.page.goto(`${origin}/`);
      const path = await createMeeting(ada, "On the way", { allowGuests: true, waitingRoom: false });
      await joinMeeting(ada);
      await using phone = await openBrowser({ withoutDevices: true, viewport: { width: 360, height: 740 } });
      const { page } = phone;
      await page.goto(origin + path);
      await page.getByTestId("problem").waitFor();
      assert((await page.getByTestId("problem").textContent())?.includes("join without"));
      assertEquals(await scrollsSideways(page), false);
      await page.getByTestId("display-name").focus();
      await page.keyboard.type("Pia");
      await page.keyboard.press("Enter");
      await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
      await waitForPicture(page, "Ada", ada.looks.rgb);
      await ada.page.locator('[data-testid="tile"][data-name="Pia"]').waitFor();
      assertEquals(await scrollsSideways(page), false);
      await page.getByTestId("leave").focus();
      await page.keyboard.press("Enter");
      await page.getByTestId("ending").waitFor();
    });

    await t.step("a meeting that isn't there, and one without guests, say so in words", async () => {
      const stranger = await crowdIn(eve).open();
      await stranger.goto(`${origin}/m/there-is-no-such-meeting`);
      await stranger.getByTestId("ending").waitFor();
      assertEquals(await stranger.getByTestId("ending").getAttribute("data-reason"), "not_found");

      await ada.page.goto(`${origin}/`);
      const path = await createMeeting(ada, "Among us", { allowGuests: false, waitingRoom: false });
      await stranger.goto(origin + path);
      await stranger.getByTestId("ending-message").getByText("There is no meeting for guests").waitFor();
      await stranger.getByRole("button", { name: "Sign in" }).click();
      await stranger.getByTestId("email").waitFor();

      await ada.page.goto(`${origin}/`);
      const open = await createMeeting(ada, "Open to guests", { allowGuests: true, waitingRoom: false });
      await stranger.goto(origin + open);
      await stranger.getByRole("heading", { name: "Open to guests" }).waitFor();
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
