import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { createAccount, signIn, signUp } from "../e2e/crowd.ts";
import { sharedStack } from "../e2e/shared_stack.ts";
import { keptBrowser } from "./kept_browser.ts";
import { openWindow } from "./open_window.ts";
import { watchCapture } from "./watched_capture.ts";

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

/**
 * The page takes a name that the server refuses, as a page does that is older than the server: what it sends is given a
 * character that can't be seen. A guest's name goes to the server for their ticket, a member's as they join.
 */
async function refusedByServer(page: Page, as: "guest" | "member", name: string): Promise<void> {
  const spoilt = `${name}\u202E`;
  let isSpoiling = true;
  if (as === "guest") {
    await page.route("**/guest-token", (route) => route.continue({ postData: { display_name: spoilt } }));
  } else {
    await page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((frame) =>
        server.send(isSpoiling ? String(frame).replace(`"${name}"`, `"${spoilt}"`) : frame)
      );
    });
    // Of a page that is loaded already sockets are not routed.
    await page.reload();
    await prepared(page);
  }
  await page.getByTestId("display-name").fill(name);
  await page.getByTestId("join").click();
  const problem = page.getByTestId("field-problem");
  await problem.getByText("Your name has characters in it that can't be seen.").waitFor();
  assertEquals(await page.getByTestId("display-name").getAttribute("aria-invalid"), "true");
  assertEquals(await page.getByTestId("problem").count(), 0);
  isSpoiling = false;
  await page.unroute("**/guest-token");
}

Deno.test("accounts › one computer, several people and several tabs", async (t) => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const { page: first, context, errors } = browser;
  const second = await openWindow(first);
  const captured = await watchCapture(second);

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
      assertEquals(await problem.textContent(), "Your name has characters in it that can't be seen.");
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
    await second.getByTestId("screen").click();
    await second.getByTestId("screen-tile").waitFor();
    assert((await captured.states()).every((state) => state.endsWith(" live")));
    await first.getByTestId("sign-out").click();
    await second.getByTestId("ending").waitFor();
    const states = await captured.states();
    assert(states.length >= 3 && states.every((state) => state.endsWith(" ended")), `${states}`);
    assertEquals(
      await second.getByTestId("ending-message").textContent(),
      "You signed out in another tab.",
    );
    await second.getByTestId("rejoin").click();
    await second.getByTestId("lobby-sign-in").waitFor();
    assertEquals(await nameIn(second), "");
  });

  await t.step("a tab that shows a meeting learns of a sign-in in another one when it is asked", async () => {
    await signUp(first, stack.origin, "Bo Account");
    await second.getByTestId("lobby-sign-in").click();
    await prepared(second);
    assertEquals(await nameIn(second), "Bo Account");

    await first.getByTestId("sign-out").click();
    await second.getByTestId("ending").waitFor();
    await signUp(first, stack.origin, "Bo Again");
    await second.getByTestId("rejoin").click();
    await prepared(second);
    assertEquals(await nameIn(second), "Bo Again");

    await first.getByTestId("sign-out").click();
    await second.getByTestId("ending").waitFor();
    await signUp(first, stack.origin, "Bo Once More");
    await second.getByTestId("go-home").click();
    await second.getByTestId("meeting-name").waitFor();
    await first.getByTestId("sign-out").click();
    await second.getByTestId("show-sign-in").waitFor();
    await second.goto(meeting);
    await second.getByTestId("lobby-sign-in").waitFor();
  });

  await t.step(
    "a guest's name is kept for them, and gone for whoever comes next",
    async () => {
      await second.getByTestId("display-name").fill("Gil\u202E");
      await second.getByTestId("join").click();
      await second.getByTestId("field-problem").getByText(
        "Your name has characters in it that can't be seen.",
      ).waitFor();
      await refusedByServer(second, "guest", "Gil");
      // The ticket is asked for again, by itself, once the name has changed.
      await second.getByTestId("display-name").fill("");
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

  await t.step(
    "a member's name that the server alone refuses is refused at its field, in the lobby",
    async () => {
      await refusedByServer(second, "member", "Cy Account");
      assertEquals(await nameIn(second), "Cy Account");
      await join(second);
      await second.getByTestId("self-tile").getByText("Cy Account").waitFor();
      await second.getByTestId("leave").click();
    },
  );

  await t.step("a member whose session was ended elsewhere signs in again from the lobby", async () => {
    await second.goto(`${stack.origin}/`);
    await second.getByTestId("meeting-name").waitFor();
    const error = { code: "UNAUTHORIZED", message: "This token has expired." };
    await second.route("**/api/v1/**", (route) => route.fulfill({ status: 401, json: { error } }));
    await second.getByTestId("code").fill(meeting);
    await second.getByTestId("enter-code").click();
    await second.getByTestId("problem").getByText("You are not signed in any more. Sign in again.").waitFor();
    await second.unroute("**/api/v1/**");
    await context.clearCookies();
    await second.getByTestId("lobby-sign-in").click();
    // Whoever thinks better of it is a guest.
    await second.getByRole("button", { name: "Back" }).click();
    await second.getByTestId("preview").waitFor();
    assertEquals(await nameIn(second), "");
    await second.getByTestId("lobby-sign-in").click();
    await createAccount(second, "Dee Account");
    await prepared(second);
    assertEquals(await nameIn(second), "Dee Account");
  });

  await t.step(
    "what is typed of a new meeting outlives a sign-in in another tab, and no sign-out",
    async () => {
      const draft = second.getByTestId("meeting-name");
      for (const page of [first, second]) await page.goto(`${stack.origin}/`);
      await first.getByTestId("sign-out").click();
      await second.getByTestId("show-register").waitFor();
      const account = await createAccount(first, "Eli Account");
      await draft.fill("Half a title");
      // The first tab doesn't know of the session, as where it has run out there.
      await first.evaluate(() => localStorage.clear());
      await first.reload();
      const asked = second.waitForResponse("**/api/v1/auth/user/refresh");
      await signIn(first, account);
      await asked;
      await first.getByTestId("meeting-name").waitFor();
      assertEquals(await draft.inputValue(), "Half a title");

      await first.getByTestId("sign-out").click();
      await draft.waitFor({ state: "detached" });
      await signIn(first, account);
      assertEquals(await draft.inputValue(), "");
    },
  );

  await t.step(
    "what is typed of a new meeting is seen by no other account, in this tab or in another one",
    async () => {
      const draft = second.getByTestId("meeting-name");
      await draft.fill("Eli's secret");
      const error = { code: "UNAUTHORIZED", message: "This token has expired." };
      await second.route("**/api/v1/meetings", (route) => route.fulfill({ status: 401, json: { error } }));
      await context.clearCookies();
      await second.getByTestId("create-meeting").click();
      await second.getByTestId("show-register").click();
      await second.unroute("**/api/v1/meetings");
      await createAccount(second, "Fay Account");
      await draft.waitFor();
      assertEquals(await draft.inputValue(), "");

      await draft.fill("Fay's secret");
      // The first tab doesn't know of the session, as where it has run out there.
      await first.route(
        "**/api/v1/auth/user/refresh",
        (route) => route.fulfill({ status: 401, json: { error } }),
      );
      await first.goto(`${stack.origin}/`);
      await first.getByTestId("show-register").waitFor();
      await first.unroute("**/api/v1/auth/user/refresh");
      const asked = second.waitForResponse("**/api/v1/auth/user/refresh");
      await createAccount(first, "Gus Account");
      await asked;
      await first.getByTestId("meeting-name").waitFor();
      assertEquals(await draft.inputValue(), "");
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

Deno.test("accounts › a fourth device of one account reads why it isn't let in, and is once another one has left", async () => {
  const stack = await sharedStack();
  await using browser = await keptBrowser();
  const { page } = browser;
  await signUp(page, stack.origin, "Ada Account");
  const meeting = await createMeeting(page);
  await join(page);
  const [second, third, fourth] = [
    await openWindow(page),
    await openWindow(page),
    await openWindow(page),
  ] as const;
  for (const device of [second, third]) {
    await device.goto(meeting);
    await join(device);
  }
  await fourth.goto(meeting);
  await prepared(fourth);
  await fourth.getByTestId("join").click();
  const ending = fourth.getByTestId("ending");
  await ending.getByRole("heading", { name: "No place is free" }).waitFor();
  assertEquals(await ending.getAttribute("data-reason"), "full");
  assertEquals(
    await fourth.getByTestId("ending-message").textContent(),
    "You are in this meeting on 3 devices already. Leave it on one of them first.",
  );
  await second.getByTestId("leave").click();
  await second.getByTestId("ending").waitFor();
  await fourth.getByTestId("rejoin").click();
  await join(fourth);
});
