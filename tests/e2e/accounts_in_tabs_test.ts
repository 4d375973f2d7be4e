import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { signUp } from "./crowd.ts";
import { startStack } from "./stack.ts";

/** Makes a meeting that guests may join at once; answers its address. */
async function createMeeting(page: Page): Promise<string> {
  await page.getByTestId("meeting-name").fill("Weekly");
  await page.getByTestId("waiting-room").setChecked(false);
  await page.getByTestId("create-meeting").click();
  await page.waitForURL("**/m/*");
  return page.url();
}

const nameIn = (page: Page) => page.getByTestId("display-name").inputValue();

/** The ticket is there, and the account's name with it. */
const prepared = (page: Page) => page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();

async function join(page: Page): Promise<void> {
  await prepared(page);
  await page.getByTestId("join").click();
  await page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
}

Deno.test("accounts › one computer, several people and several tabs", async (t) => {
  await using stack = await startStack();
  await using browser = await openBrowser();
  const { page: first, context, errors } = browser;
  const second = await context.newPage();

  await t.step(
    "a name that the server would refuse is refused at its field, before it is asked",
    async () => {
      await first.goto(`${stack.origin}/`);
      await first.getByTestId("show-register").click();
      await first.getByTestId("register-name").fill("Ada\u202E");
      await first.getByTestId("email").fill("ada@example.org");
      await first.getByTestId("password").fill(crypto.randomUUID());
      await first.getByTestId("sign-in").click();
      const problem = first.getByTestId("field-problem");
      await problem.waitFor();
      assertEquals(await problem.textContent(), "Your name contains control characters.");
      assertEquals(await first.getByTestId("register-name").getAttribute("aria-invalid"), "true");
      // The browser's console names each answer of 400.
      errors.length = 0;
    },
  );

  await signUp(first, stack.origin, "Ada Account");
  const meeting = await createMeeting(first);

  await t.step("signing in in one tab signs in the others, and signing out signs them out", async () => {
    await second.goto(`${stack.origin}/`);
    await second.getByTestId("meeting-name").waitFor();
    await first.goto(`${stack.origin}/`);
    await first.getByTestId("sign-out").click();
    await second.getByTestId("show-sign-in").waitFor();
    await signUp(first, stack.origin, "Bea Account");
    await second.getByTestId("meeting-name").waitFor();
  });

  await t.step("a member's visit ends when they sign out in another tab", async () => {
    await second.goto(meeting);
    await prepared(second);
    assertEquals(await nameIn(second), "Bea Account");
    await join(second);
    await first.getByTestId("sign-out").click();
    await second.getByTestId("ending").waitFor();
    assertEquals(
      await second.getByTestId("ending-message").textContent(),
      "You signed out in another tab.",
    );
    await second.getByTestId("rejoin").click();
    await second.getByTestId("lobby-sign-in").waitFor();
    assertEquals(await nameIn(second), "");
  });

  await t.step(
    "a guest's name is kept for them, and gone for whoever comes next",
    async () => {
      await second.getByTestId("display-name").fill("Gil\u202E");
      await second.getByTestId("join").click();
      await second.getByTestId("field-problem").getByText("Your name contains control characters.").waitFor();
      await second.getByTestId("display-name").fill("Gil");
      await join(second);
      await second.getByTestId("leave").click();
      await second.goto(meeting);
      await second.getByTestId("preview").waitFor();
      assertEquals(await nameIn(second), "Gil");
      await first.goto(meeting);
      await first.getByTestId("preview").waitFor();
      assertEquals(await nameIn(first), "");
      await signUp(second, stack.origin, "Cy Account");
      await second.goto(meeting);
      await prepared(second);
      assertEquals(await nameIn(second), "Cy Account");
    },
  );

  await t.step("a sign-out that the server didn't hear of is said, and hidden from nobody", async () => {
    await second.goto(`${stack.origin}/`);
    await second.route("**/api/v1/auth/user/logout", (route) => route.abort());
    await second.getByTestId("sign-out").click();
    await second.getByTestId("problem").getByText("You are still signed in.").waitFor();
    await second.getByTestId("meeting-name").waitFor();
  });
});
