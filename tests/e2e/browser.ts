import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** How the tests start Chromium: no dialogs, no sandbox, fake devices, nothing is put to sleep. */
export const chromiumFlags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-features=WebRtcHideLocalIpsWithMdns",
  // Several browsers share one small machine: none may be put to sleep for being in the background.
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

export interface BrowserOptions {
  /** Files that stand for the camera and the microphone; both devices exist without them too. */
  media?: { video: string; audio: string };
  /** No camera and no microphone at all. */
  withoutDevices?: boolean;
  /** How many cameras there are; one unless given. */
  cameras?: number;
  /** How many pictures the made-up cameras take; 5 unless given, since a test's cores encode and decode each of them. */
  framesPerSecond?: number;
  /** Keeps nothing for pages, as where somebody blocks all site data. */
  withoutStorage?: boolean;
  /** How large somebody has set text to be; 16 unless given. */
  textSizePx?: number;
  /** Takes any certificate, as a person does who clicks the warning away. */
  trustAll?: boolean;
  viewport?: { width: number; height: number };
}

export interface TestBrowser extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** What the page wrote to its console as an error, and what it threw. */
  errors: string[];
}

/** Where Chromium is: `DT_CHROMIUM`, else where Debian's package puts it. */
export function chromiumPath(): string {
  return Deno.env.get("DT_CHROMIUM") ?? "/usr/bin/chromium";
}

/** A Chromium of its own: the fake devices are chosen for a whole process. */
export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const profile = await profileFor(options);
  const browser = await startChromium(options, profile);
  return await openIn(browser, options, async () => {
    await browser.close();
    if (profile !== undefined) await Deno.remove(profile, { recursive: true });
  });
}

/** A Chromium without a page, with this folder for its profile. */
export async function startChromium(options: BrowserOptions = {}, profile?: string): Promise<Browser> {
  const launch = { executablePath: chromiumPath(), headless: true, args: flagsFor(options) };
  const browser: Browser | null = profile === undefined
    ? await chromium.launch(launch)
    : (await chromium.launchPersistentContext(profile, launch)).browser();
  if (!browser) throw new Error("Chromium did not start with its profile.");
  return browser;
}

/** A page in a Chromium, with cookies and a window of its own. `close` is called at its end. */
export async function openIn(
  browser: Browser,
  options: BrowserOptions,
  close: () => Promise<void>,
): Promise<TestBrowser> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 720 },
    ...(options.withoutDevices ? {} : { permissions: ["camera", "microphone"] }),
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, context, errors, [Symbol.asyncDispose]: close };
}

function flagsFor(options: BrowserOptions): string[] {
  const { cameras = 1, framesPerSecond = 5 } = options;
  const devices = `device-count=${cameras},fps=${framesPerSecond}`;
  const flags = [
    ...chromiumFlags,
    ...(options.withoutDevices ? [] : [`--use-fake-device-for-media-stream=${devices}`]),
  ];
  if (options.media) {
    flags.push(
      `--use-file-for-fake-video-capture=${options.media.video}`,
      `--use-file-for-fake-audio-capture=${options.media.audio}`,
    );
  }
  if (options.trustAll) flags.push("--ignore-certificate-errors");
  return flags;
}

/** A browser's folder with what somebody has set; undefined where that is nothing. */
async function profileFor({ withoutStorage, textSizePx }: BrowserOptions): Promise<string | undefined> {
  if (!withoutStorage && textSizePx === undefined) return undefined;
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-profile-" });
  const blocked = 2;
  const settings = {
    // "Sites may not save data on this device".
    ...(withoutStorage ? { profile: { default_content_setting_values: { cookies: blocked } } } : {}),
    ...(textSizePx === undefined ? {} : { webkit: { webprefs: { default_font_size: textSizePx } } }),
  };
  await Deno.mkdir(`${folder}/Default`);
  await Deno.writeTextFile(`${folder}/Default/Preferences`, JSON.stringify(settings));
  return folder;
}
