import { assert, assertEquals } from "@std/assert";
import { joinWithFirefox, openFirefox, type TestFirefox, waitForRecordedTone } from "./firefox.ts";
import { childrenOf } from "../dev/running_up.ts";
import {
  browsersIn,
  createMeeting,
  joinMeeting,
  looks,
  register,
  type TestParticipant,
} from "./participant.ts";
import {
  type Evaluator,
  nextFrame,
  sampleColour,
  waitForFrames,
  waitForPicture,
  waitForTone,
} from "./received_media.ts";
import { startStack } from "./stack.ts";
import { otherTrack, trackIds } from "./tile_tracks.ts";
import { phaseOf } from "./watched_connections.ts";

const foxHz = 831;

/** Waits until a tile has a picture at all: Firefox's made-up camera changes its colours. */
async function waitForAnyPicture(page: Evaluator, name: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (await sampleColour(page, name) === undefined) {
    assert(performance.now() < deadline, `${name} has no picture`);
    await nextFrame(page);
  }
}

/** Each sees and hears the two others. */
async function seeAndHear(ada: TestParticipant, bob: TestParticipant, fox: TestFirefox): Promise<void> {
  for (
    const { viewer: { page }, seen: { name, looks } } of [
      { viewer: ada, seen: bob },
      { viewer: bob, seen: ada },
    ]
  ) {
    await waitForAnyPicture(page, "Fox");
    await waitForFrames(page, "Fox", 5);
    assert(await waitForTone(page, "Fox", foxHz) > 0);
    await waitForPicture(page, name, looks.rgb);
    await waitForFrames(page, name, 10);
    assert(await waitForTone(page, name, looks.toneHz) > 0);
  }
  for (const { name, looks: { rgb, toneHz } } of [ada, bob]) {
    await waitForPicture(fox, name, rgb);
    await waitForFrames(fox, name, 5);
    await waitForRecordedTone(fox, name, toneHz);
  }
}

/** Runs in the page. Whose pictures are covered after so long, since they are believed to stand still. */
async function heldAfter(ms: number): Promise<(string | undefined)[]> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  const figures = document.querySelectorAll<HTMLElement>("figure[data-held]");
  return Array.from(figures, ({ dataset }) => dataset["name"]);
}

Deno.test("Firefox › with the default settings, two Chromiums and a Firefox see and hear each other, also after the death of the SFU worker, and of the handler", async () => {
  await using stack = await startStack();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-e2e-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
    ]);
    await using fox = await openFirefox(foxHz);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Three browsers", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    await joinWithFirefox(fox, stack.origin + path, "Fox");
    await seeAndHear(ada, bob, fox);
    assertEquals(await fox.evaluate(heldAfter, 6_000), []);

    const views = [
      { page: ada.page, seen: ["Bob", "Fox"] },
      { page: bob.page, seen: ["Ada", "Fox"] },
      { page: fox, seen: ["Ada", "Bob"] },
    ].flatMap(({ page, seen }) => seen.map((name) => ({ page, name })));
    /** Each tile shows another track afterwards: what is seen and heard then is new. */
    const kill = async (pid: number | undefined) => {
      assert(pid !== undefined);
      const before = await Promise.all(views.map(({ page, name }) => trackIds(page, name)));
      Deno.kill(pid, "SIGKILL");
      await Promise.all(views.map(({ page, name }, index) => otherTrack(page, name, before[index] ?? [])));
      await seeAndHear(ada, bob, fox);
    };
    const [handler] = await childrenOf(stack.pid, "media/main.ts");
    assert(handler !== undefined);
    const [worker] = await childrenOf(handler, "mediasoup-worker");
    await kill(worker);
    assertEquals(await childrenOf(stack.pid, "media/main.ts"), [handler]);
    await kill(handler);
    for (const { page } of [ada, bob]) assertEquals(await phaseOf(page), "joined");
    assertEquals([ada, bob].flatMap(({ errors }) => errors), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
