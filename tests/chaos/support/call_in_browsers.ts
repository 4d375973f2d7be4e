import { createMeeting, joinMeeting, looks, openParticipant, register } from "../../e2e/participant.ts";
import { seeAndHearEachOther } from "../../e2e/see_and_hear.ts";
import { watchFor } from "../../e2e/received_media.ts";

const SLICE_SECONDS = 3;

/**
 * A call of two real browsers with small cameras. It goes on until `until`; answers what went wrong: a picture that stood
 * still, or a connection that was lost. `onCalling` is called once each sees and hears the other.
 */
export async function callInBrowsers(
  origin: string,
  until: Promise<void>,
  onCalling: () => void = () => {},
): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    await using ada = await openParticipant(folder, "Ada", looks.red);
    await using bob = await openParticipant(folder, "Bob", looks.blue);
    const people = [ada, bob];
    const wrong: string[] = [];
    for (const { page, name } of people) {
      let opened = 0;
      page.on("websocket", () => {
        if (++opened > 1) wrong.push(`${name} had to connect again`);
      });
    }
    await register(ada, origin);
    const path = await createMeeting(ada, "A call that goes on", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, `${origin}${path}`);
    await seeAndHearEachOther(people, 30_000);
    onCalling();
    let isOver = false;
    until.then(() => isOver = true);
    while (!isOver) {
      const watched = await Promise.allSettled([
        watchFor(ada.page, "Bob", SLICE_SECONDS),
        watchFor(bob.page, "Ada", SLICE_SECONDS),
      ]);
      for (const one of watched) if (one.status === "rejected") wrong.push(String(one.reason));
      if (wrong.length > 10) break;
    }
    for (const { page, name } of people) {
      const phase = await page.getByTestId("state").getAttribute("data-phase");
      if (phase !== "joined") wrong.push(`${name} is ${phase} at the end`);
    }
    return wrong;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
