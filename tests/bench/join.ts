import {
  clickJoin,
  createMeeting,
  joinMeeting,
  looks,
  openParticipant,
  register,
  type TestParticipant,
} from "../e2e/participant.ts";
import { startStack } from "../e2e/stack.ts";
import { percentile } from "./percentile.ts";
import type { Row } from "./row.ts";

const joins = 20;

/** From the third participant's click to the first frame of another's video, in real browsers on this machine. */
export async function run(): Promise<readonly Row[]> {
  await using stack = await startStack();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-bench-" });
  try {
    await using ada = await openParticipant(folder, "Ada", looks.red);
    await using bob = await openParticipant(folder, "Bob", looks.green);
    await using eve = await openParticipant(folder, "Eve", looks.blue);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Benchmark", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    const samples: number[] = [];
    // The first one warms the routers and the browser's caches, as the two before did for their own.
    for (let i = 0; i <= joins; i++) {
      const ms = await clickToFirstFrame(eve, stack.origin + path);
      if (i > 0) samples.push(ms);
    }
    const row = (name: string, share: number, target: number): Row => ({
      name: `click to first remote frame, ${name} of ${joins}`,
      value: Math.round(percentile(samples, share)),
      unit: "ms",
      target,
      lower_is_better: true,
    });
    return [row("p50", 0.5, 150), row("p95", 0.95, 250)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function clickToFirstFrame(participant: TestParticipant, url: string): Promise<number> {
  const { page } = participant;
  await page.goto(url);
  await clickJoin(participant);
  const measured = await page.waitForFunction(() => {
    const [click] = performance.getEntriesByName("dt:join-click");
    const [frame] = performance.getEntriesByName("dt:first-remote-frame");
    return click !== undefined && frame !== undefined ? frame.startTime - click.startTime : null;
  });
  const ms = await measured.jsonValue();
  if (ms === null) throw new Error("The page marked no first frame");
  await page.getByTestId("leave").click();
  await page.getByTestId("ending").waitFor();
  return ms;
}
