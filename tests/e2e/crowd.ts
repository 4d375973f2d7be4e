import type { Browser, Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";

export const DESKTOP = { width: 1280, height: 720 };
export const PHONE = { width: 390, height: 844 };
/** The narrowest for which a page has to be fit (WCAG 2.2, 1.4.10). */
export const SMALL_PHONE = { width: 320, height: 568 };

/** Several people in one Chromium, each with cookies and a window of their own. */
export interface Crowd {
  /** A new person in front of an empty page. */
  open(viewport?: { width: number; height: number }): Promise<Page>;
  /** What their pages threw. */
  errors: string[];
}

export function crowdIn({ context }: TestBrowser): Crowd {
  const browser: Browser | null = context.browser();
  if (!browser) throw new Error("The context has no browser.");
  const errors: string[] = [];
  return {
    errors,
    async open(viewport = DESKTOP) {
      const own = await browser.newContext({ viewport, permissions: ["camera", "microphone"] });
      const page = await own.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      return page;
    },
  };
}

/** Creates an account on the start page, which is shown then. */
export async function signUp(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/`);
  await createAccount(page, name);
  await page.getByTestId("meeting-name").waitFor();
}

/** Creates an account where one signs in; answers with what it signs in again. */
export async function createAccount(page: Page, name: string): Promise<Account> {
  const account = { email: `${crypto.randomUUID()}@example.org`, password: crypto.randomUUID() };
  await page.getByTestId("show-register").click();
  await page.getByTestId("register-name").fill(name);
  await signIn(page, account);
  return account;
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByTestId("email").fill(email);
  await page.getByTestId("password").fill(password);
  await page.getByTestId("sign-in").click();
}

/** From the lobby to the meeting or its waiting room. */
export async function enter(page: Page, name: string, phase: "joined" | "waiting" = "joined"): Promise<void> {
  await page.getByTestId("display-name").fill(name);
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  await page.getByTestId("join").click();
  await page.locator(`[data-testid="state"][data-phase="${phase}"]`).waitFor();
}

export async function scrollsSideways(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}
