import { type BrowserOptions, openBrowser, type TestBrowser } from "./browser.ts";
import { type Recognisable, writeMediaFiles } from "./media_files.ts";

/** One person in front of the page, with a camera and a microphone of their own. */
export interface TestParticipant extends TestBrowser {
  name: string;
  looks: Recognisable;
}

/** Pictures that are far apart in colour, and tones that are no multiples of one another. */
export const looks = {
  red: { rgb: [200, 40, 40], toneHz: 440 },
  green: { rgb: [40, 170, 60], toneHz: 587 },
  blue: { rgb: [50, 70, 210], toneHz: 698 },
} as const satisfies Record<string, Recognisable>;

async function openParticipant(
  folder: string,
  name: string,
  who: Recognisable,
  options: Pick<BrowserOptions, "trustAll"> = {},
): Promise<TestParticipant> {
  const media = await writeMediaFiles(folder, name.toLowerCase(), who);
  return { name, looks: who, ...await openBrowser({ media, ...options }) };
}

/** The browsers of several people, which may start at the same time, and end with it. */
export interface Browsers extends AsyncDisposable {
  open(name: string, who: Recognisable): Promise<TestParticipant>;
}

export function browsersIn(folder: string, options: Pick<BrowserOptions, "trustAll"> = {}): Browsers {
  const opening: Promise<TestParticipant>[] = [];
  return {
    open(name, who) {
      const participant = openParticipant(folder, name, who, options);
      opening.push(participant);
      return participant;
    },
    async [Symbol.asyncDispose]() {
      const opened = await Promise.allSettled(opening);
      await Promise.all(opened.map((one) => one.status === "fulfilled" && one.value[Symbol.asyncDispose]()));
    },
  };
}

/** Signs in on the start page with a new account. */
export async function register({ page, name }: TestParticipant, origin: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.getByTestId("show-register").click();
  await page.getByTestId("register-name").fill(name);
  await page.getByTestId("email").fill(
    `${name.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}@example.org`,
  );
  await page.getByTestId("password").fill(crypto.randomUUID());
  await page.getByTestId("sign-in").click();
  await page.getByTestId("meeting-name").waitFor();
}

/** Creates a meeting on the start page; answers its path. The creator is in its lobby then. */
export async function createMeeting(
  { page }: Pick<TestParticipant, "page">,
  title: string,
  settings: { allowGuests: boolean; waitingRoom: boolean },
): Promise<string> {
  await page.getByTestId("meeting-name").fill(title);
  await page.getByTestId("allow-guests").setChecked(settings.allowGuests);
  await page.getByTestId("waiting-room").setChecked(settings.waitingRoom);
  await page.getByTestId("create-meeting").click();
  await page.waitForURL("**/m/*");
  return new URL(page.url()).pathname;
}

/** Fills in the name, waits until all is prepared, and clicks. */
export async function clickJoin({ page, name }: TestParticipant): Promise<void> {
  await page.getByTestId("preview").waitFor();
  await page.getByTestId("display-name").fill(name);
  await page.locator('[data-testid="lobby"][data-ready="true"]').waitFor();
  await page.getByTestId("join").click();
}

/** In the lobby already, or by the meeting's link; then into the meeting. */
export async function joinMeeting(participant: TestParticipant, url?: string): Promise<void> {
  if (url !== undefined) await participant.page.goto(url);
  await clickJoin(participant);
  await participant.page.locator('[data-testid="state"][data-phase="joined"]').waitFor();
}
