import { assert, assertEquals } from "@std/assert";
import { childrenOf } from "../dev/running_up.ts";
import { startStack } from "../e2e/stack.ts";
import { keptBrowser } from "./kept_browser.ts";

Deno.test("page › from its first load on", async (t) => {
  await using stack = await startStack();
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  await page.clock.install();
  /** Opens the page anew, and looks at it four seconds after it has asked for its session. */
  const reloadAndWait = async () => {
    const asked = page.waitForRequest("**/user/refresh");
    await page.reload();
    await asked;
    await page.clock.fastForward(4_000);
  };

  await t.step("a stranger's console stays empty", async () => {
    await page.goto(stack.origin);
    await page.getByTestId("show-register").waitFor();
    assertEquals(errors, []);
  });

  await t.step("an address that isn't there says so, on the page", async () => {
    const answer = await page.goto(`${stack.origin}/typo`);
    assertEquals(answer?.status(), 404);
    await page.getByText("There is no page at this address.").waitFor();
  });

  const password = crypto.randomUUID();
  await t.step("who signed in stays so over a reload, and is told when that can't be asked", async () => {
    await page.goto(stack.origin);
    await page.getByTestId("show-register").click();
    await page.getByTestId("register-name").fill("Ada");
    await page.getByTestId("email").fill("ada@example.org");
    await page.getByTestId("password").fill(password);
    await page.getByTestId("sign-in").click();
    await page.getByTestId("meeting-name").waitFor();
    await page.reload();
    await page.getByTestId("meeting-name").waitFor();

    const [auth] = await childrenOf(stack.pid, "auth/main.ts");
    assert(auth !== undefined);
    Deno.kill(auth, "SIGSTOP");
    try {
      await reloadAndWait();
      await page.getByTestId("session-unknown").waitFor();
      await page.getByTestId("go-on").click();
      await page.getByTestId("show-register").waitFor();
      await reloadAndWait();
      await page.getByTestId("try-again").click();
      await page.getByTestId("session-unknown").waitFor({ state: "detached" });
    } finally {
      Deno.kill(auth, "SIGCONT");
    }
    await page.getByTestId("meeting-name").waitFor();
    await page.getByTestId("sign-out").click();
    await page.getByTestId("show-register").waitFor();
    errors.length = 0;
    await page.reload();
    await page.getByTestId("show-register").waitFor();
    assertEquals(errors, []);
  });

  await t.step("a password is changed by who knows the one before", async () => {
    const signIn = async (password: string) => {
      await page.getByTestId("email").fill("ada@example.org");
      await page.getByTestId("password").fill(password);
      await page.getByTestId("sign-in").click();
    };
    const change = async (current: string, next: string) => {
      await page.getByTestId("current-password").fill(current);
      await page.getByTestId("new-password").fill(next);
      await page.getByTestId("save-password").click();
    };
    await signIn(password);
    await page.getByTestId("change-password").click();
    await change("not the password", "the next password");
    await page.getByText("That is not your current password.").waitFor();
    await change(password, "the next password");
    await page.getByTestId("password-changed").waitFor();
    await page.getByTestId("close-password").click();
    await page.getByTestId("sign-out").click();
    await signIn(password);
    await page.getByText("E-mail address or password is wrong").waitFor();
    await signIn("the next password");
    await page.getByTestId("meeting-name").waitFor();
  });

  await t.step("who isn't signed in any more signs in again, and goes on where they were", async () => {
    await page.getByTestId("meeting-name").fill("Weekly planning");
    await page.context().clearCookies();
    // The page keeps its token to itself: this one doesn't arrive.
    await page.route("**/api/v1/meetings", (route) => {
      const { authorization: _token, ...headers } = route.request().headers();
      return route.continue({ headers });
    });
    await page.getByTestId("create-meeting").click();
    await page.getByTestId("problem").getByText("You are not signed in any more. Sign in again.").waitFor();
    await page.locator('[data-testid="email"]:focus').waitFor();
    await page.unroute("**/api/v1/meetings");
    await page.getByTestId("email").fill("ada@example.org");
    await page.getByTestId("password").fill("the next password");
    await page.getByTestId("sign-in").click();
    assertEquals(await page.getByTestId("meeting-name").inputValue(), "Weekly planning");
    await page.getByTestId("create-meeting").click();
    await page.waitForURL("**/m/*");
    await page.goto(stack.origin);
    await page.getByTestId("sign-out").click();
    await page.getByTestId("show-sign-in").waitFor();
  });

  await t.step("who looks for a meeting for long may go to the start page instead", async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    await page.route("**/api/v1/meetings/*", async (route) => {
      await held;
      await route.abort();
    });
    const asked = page.waitForRequest("**/api/v1/meetings/*");
    await page.goto(`${stack.origin}/m/${"a".repeat(22)}`);
    await asked;
    await page.clock.fastForward(4_000);
    await page.getByRole("heading", { name: "Looking for the meeting takes longer than usual" }).waitFor();
    await page.getByTestId("go-home").click();
    await page.getByTestId("show-sign-in").waitFor();
    release();
    await page.unrouteAll({ behavior: "wait" });
  });
});
