import { assertEquals } from "@std/assert";
import { operatorCommand } from "../auth/operator_command.ts";
import { startStack } from "../e2e/stack.ts";
import { keptBrowser } from "./kept_browser.ts";

Deno.test("invitation › its link lets one person into an organisation that is closed", async (t) => {
  await using stack = await startStack();
  await using browser = await keptBrowser();
  const { page, errors } = browser;
  const command = operatorCommand({ DT_DATA_DIR: `${stack.dataDir}/auth` });
  await command("organization", "change", "default", "--closed");
  const invite = async (): Promise<string> =>
    (await command("invitation", "create", "--organization", "default")).link;
  const register = async (email: string) => {
    await page.getByTestId("register-name").fill("Eve");
    await page.getByTestId("email").fill(email);
    await page.getByTestId("password").fill("a long enough password");
    await page.getByTestId("sign-in").click();
  };

  await t.step(
    "without one the page says what is missing, before the form is filled in and after it",
    async () => {
      await page.goto(stack.origin);
      assertEquals(await page.getByTestId("needs-invitation").count(), 0);
      await page.getByTestId("show-register").click();
      await page.getByTestId("needs-invitation").waitFor();
      await register("eve@example.org");
      await page.getByText("Registration needs an invitation").waitFor();
    },
  );

  const link = await invite();
  await t.step("with one an account is made and signed in, and the address keeps nothing of it", async () => {
    // The same page, of which only the fragment changes.
    await page.goto(link);
    await page.getByTestId("invited").waitFor();
    await page.getByTestId("needs-invitation").waitFor({ state: "detached" });
    await register("eve@example.org");
    await page.getByTestId("meeting-name").waitFor();
    assertEquals(page.url(), `${stack.origin}/`);
    await page.reload();
    await page.getByTestId("meeting-name").waitFor();
  });

  await t.step("who is signed in is told whom it is for", async () => {
    await page.goto(await invite());
    await page.getByTestId("invited-already").waitFor();
    await page.getByTestId("drop-invitation").click();
    await page.getByTestId("invited-already").waitFor({ state: "detached" });
    assertEquals(page.url(), `${stack.origin}/`);
  });

  await t.step("one that was used lets nobody else in", async () => {
    await page.getByTestId("sign-out").click();
    await page.goto(link);
    await page.getByTestId("invited").waitFor();
    await register("mallory@example.org");
    await page.getByText("This invitation is used").waitFor();
  });
  await t.step("who was invited to another organisation can sign in again, here and elsewhere", async () => {
    await command("organization", "create", "--slug", "acme", "--name", "Acme");
    await page.goto((await command("invitation", "create", "--organization", "acme")).link);
    await page.getByTestId("invited").waitFor();
    await register("ann@example.org");
    await page.getByTestId("meeting-name").waitFor();
    const signIn = async () => {
      await page.getByTestId("email").fill("ann@example.org");
      await page.getByTestId("password").fill("a long enough password");
      await page.getByTestId("sign-in").click();
    };
    await page.getByTestId("sign-out").click();
    await signIn();
    await page.getByTestId("meeting-name").waitFor();
    await page.getByTestId("sign-out").click();
    await page.evaluate("localStorage.clear()");
    await page.reload();
    await page.getByTestId("show-organization").click();
    await page.getByTestId("organization").fill("acme");
    await signIn();
    await page.getByTestId("meeting-name").waitFor();
  });
  // What the browser itself says of the two refusals.
  assertEquals(errors.filter((error) => !error.includes("403")), []);
});
