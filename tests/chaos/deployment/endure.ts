import { assert, assertEquals } from "@std/assert";
import {
  browsersIn,
  createMeeting,
  joinMeeting,
  looks,
  register,
  type TestParticipant,
} from "../../e2e/participant.ts";
import { seeAndHearEachOther } from "../../e2e/see_and_hear.ts";
import { inPhase } from "../../e2e/watched_connections.ts";
import type { Deployment } from "./deployment.ts";
import type { Fault } from "./faults.ts";
import { independentClient } from "./independent_client.ts";
import { loadMeeting, signIn } from "./load.ts";
import { removedGuest } from "./removed_guest.ts";

/** What a fault did to those who were there. */
export interface Endured {
  readonly fault: string;
  /** Until everybody of the load had a text acknowledged again, in milliseconds. */
  readonly loadMs: number;
  /** Until both browsers were in, and each had more frames of the other, in milliseconds. */
  readonly browsersMs: number;
}

export interface Totals {
  readonly texts: number;
  readonly changes: number;
  readonly losses: number;
  readonly putOff: number;
}

/** How many meetings the independent client has. */
const MEETINGS = 3;

/**
 * Causes one fault after another while two browsers meet and an independent client writes. Throws when a meeting ends,
 * something acknowledged is lost, somebody does not come back, or a removed guest gets in. `checkFurther` looks at what else
 * must hold after each.
 */
export async function endure(
  deployment: Deployment<unknown>,
  faults: readonly Fault[],
  tell: (endured: Endured) => void,
  checkFurther: () => Promise<void> = async () => {},
): Promise<Totals> {
  const { origin, ca, operator } = deployment;
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-endure-" });
  try {
    await using browsers = browsersIn(folder, { trustAll: true });
    const [ada, bob] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
    ]);
    const people = [ada, bob];
    await register(ada, origin);
    const path = await createMeeting(ada, "Goes on", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, origin + path);
    await seeAndHearEachOther(people);
    using client = independentClient(origin, ca);
    const account = await signIn(client, operator);
    const removed = await removedGuest(client, ca, account);
    const meetings = await Promise.all(
      Array.from({ length: MEETINGS }, () => loadMeeting(client, ca, account)),
    );
    const goOn = () => Promise.all(meetings.map((meeting) => meeting.goesOn()));
    await goOn();
    for (const fault of faults) {
      await fault.cause();
      const at = performance.now();
      const [loadMs, browsersMs] = await Promise.all([
        goOn().then(() => performance.now() - at),
        seeFrames(people).then(() => performance.now() - at),
      ]);
      await deployment.allReady();
      for (const meeting of meetings) await meeting.check();
      await removed.check();
      await checkFurther();
      await seeAndHearEachOther(people, 30_000);
      for (const { page } of people) {
        assertEquals(await page.locator('[data-testid="state"]').getAttribute("data-phase"), "joined");
      }
      tell({ fault: fault.name, loadMs, browsersMs });
    }
    await Promise.all(meetings.map((meeting) => meeting.end()));
    const sum = (count: (meeting: typeof meetings[number]) => number) =>
      meetings.reduce((total, meeting) => total + count(meeting), 0);
    const totals = {
      texts: sum(({ acknowledged }) => acknowledged),
      changes: sum(({ changes }) => changes),
      losses: sum(({ losses }) => losses),
      putOff: client.putOff,
    };
    assert(totals.texts > 0 && totals.changes > 0);
    return totals;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Waits until everybody is in, and has ten more frames of each other. */
async function seeFrames(people: readonly TestParticipant[]): Promise<void> {
  await Promise.all(people.map(async ({ page, name }) => {
    await inPhase(page, "joined");
    for (const other of people) {
      if (other.name !== name) await moreFrames(page, other.name, 10);
    }
  }));
}

/** A tile may be made anew meanwhile: the frames of whichever is there count. */
async function moreFrames(page: TestParticipant["page"], name: string, count: number): Promise<void> {
  await page.evaluate(async ({ name, count }) => {
    for (let seen = 0; seen < count;) {
      const video = document.querySelector<HTMLVideoElement>(
        `[data-testid="tile"][data-name="${CSS.escape(name)}"] video`,
      );
      const before = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const after = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
      seen += Math.max(0, after - before);
    }
  }, { name, count });
}
