import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
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
  const flags = options.withoutDevices
    ? FLAGS.filter((flag) => flag !== "--use-fake-device-for-media-stream")
    : [...FLAGS];
  if (options.media) {
    flags.push(
      `--use-file-for-fake-video-capture=${options.media.video}`,
      `--use-file-for-fake-audio-capture=${options.media.audio}`,
    );
  }
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: flags,
  });
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
  return { page, context, errors, [Symbol.asyncDispose]: () => browser.close() };
}
