import { openBrowser, type TestBrowser } from "../../e2e/browser.ts";
import { crowdIn, enter, signUp } from "../../e2e/crowd.ts";
import { type Recognisable, writeMediaFiles } from "../../e2e/media_files.ts";
import { createMeeting, looks } from "../../e2e/participant.ts";
import { waitForFrames, waitForPicture, waitForTone, watchFor } from "../../e2e/received_media.ts";

/** A picture without a new frame for so long stands still. */
const STILL_MS = 2_000;
const SLICE_SECONDS = 3;
const ARRIVAL_MS = 60_000;
/** Everything runs on the same cores, and pages of this size are cheap to paint. */
const WINDOW = { width: 480, height: 360 };

/** The devices are a whole browser's: all hosts look alike, and all guests. */
const [HOSTS, GUESTS] = [looks.red, looks.blue];
const PICTURE = { width: 160, height: 90, framesPerSecond: 5 };

/** One side of a call: who looks, at whom, and how that one looks and sounds. */
interface Side {
  readonly page: TestBrowser["page"];
  readonly name: string;
  readonly other: string;
  readonly otherLooks: Recognisable;
}

/**
 * Calls of two people each on the platform's own page, in a browser of hosts and one of guests, with small pictures. They go on
 * until `until`; answers what went wrong: a picture that stood still, or a connection that was lost. `onCalling` is called
 * with the meetings' codes once each sees and hears the other.
 */
export async function callsInBrowsers(
  origin: string,
  { count, until, onCalling }: {
    readonly count: number;
    readonly until: Promise<void>;
    readonly onCalling: (codes: readonly string[]) => void;
  },
): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await using hosts = await openBrowser({ media: await writeMediaFiles(folder, "hosts", HOSTS, PICTURE) });
    await using guests = await openBrowser({
      media: await writeMediaFiles(folder, "guests", GUESTS, PICTURE),
    });
    const wrong: string[] = [];
    const codes: string[] = [];
    const sides: Side[] = [];
    while (codes.length < count) {
      const { code, both } = await call(hosts, guests, origin, codes.length, wrong);
      codes.push(code);
      sides.push(...both);
    }
    onCalling(codes);
    let isOver = false;
    until.then(() => isOver = true);
    await Promise.all(sides.map(async ({ page, name, other }) => {
      for (let stuck = 0; !isOver && stuck < 10;) {
        try {
          await watchFor(page, other, SLICE_SECONDS, STILL_MS);
        } catch (error) {
          stuck++;
          wrong.push(`at ${name}: ${error}`);
        }
      }
    }));
    for (const { page, name } of sides) {
      const phase = await page.getByTestId("state").getAttribute("data-phase");
      if (phase !== "joined") wrong.push(`${name} is ${phase} at the end`);
    }
    return wrong;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Opens a meeting of two; waits until each sees and hears the other. */
async function call(hosts: TestBrowser, guests: TestBrowser, origin: string, index: number, wrong: string[]) {
  const [host, guest] = [`Ada-${index}`, `Bob-${index}`];
  const both = [
    { page: await crowdIn(hosts).open(WINDOW), name: host, other: guest, otherLooks: GUESTS },
    { page: await crowdIn(guests).open(WINDOW), name: guest, other: host, otherLooks: HOSTS },
  ] as const satisfies readonly Side[];
  for (const { page, name } of both) {
    let opened = 0;
    page.on("websocket", () => {
      if (++opened > 1) wrong.push(`${name} had to connect again`);
    });
  }
  const [{ page: first }, { page: second }] = both;
  await signUp(first, origin, host);
  const path = await createMeeting({ page: first }, "A call that goes on", {
    allowGuests: true,
    waitingRoom: false,
  });
  await enter(first, host);
  await second.goto(`${origin}${path}`);
  await enter(second, guest);
  for (const { page, other, otherLooks } of both) {
    await waitForPicture(page, other, otherLooks.rgb, ARRIVAL_MS);
    await waitForFrames(page, other, 5);
    await waitForTone(page, other, otherLooks.toneHz, ARRIVAL_MS);
  }
  return { code: path.slice("/m/".length), both };
}
