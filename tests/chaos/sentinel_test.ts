import { assert, equal } from "@std/assert";
import { delay } from "@std/async";
import { say } from "../../shared/dev/say.ts";
import { startWatchedRedis, type WatchedRedis } from "../store/live/redis_server.ts";
import { deploymentOn } from "./deployment/deployment.ts";
import { endure } from "./deployment/endure.ts";
import { independentClient } from "./deployment/independent_client.ts";
import { loadMeeting, signIn } from "./deployment/load.ts";
import { meetingsAt } from "./deployment/meetings_at.ts";

const LOOK_MS = 500;
/** For half a minute: a controller looks every 5 s whether its meetings are still its own. */
const MOST_LOOKS = 60;

Deno.test("chaos › Redis' master dies twice, and Sentinels have the other one take over: nothing acknowledged is lost, nobody runs a meeting twice", async () => {
  await using deployment = await deploymentOn(startWatchedRedis);
  const { origin, ca, operator, redis } = deployment;
  const running = await meetingsAt(deployment);
  const faults = [1, 2].map((number) => ({
    name: `takeover ${number}`,
    async cause() {
      if (number > 1) await redis.mend();
      await redis.failOver();
    },
  }));
  /** Each meeting runs where it is placed, and nowhere else. */
  const eachRunsOnce = async () => {
    for (let looks = 1;; looks++) {
      const [placed, run] = await Promise.all([placedIn(redis), running()]);
      if (run.length > 0 && equal(run, placed)) return;
      assert(looks < MOST_LOOKS, `${run.join(", ")} run; placed are ${placed.join(", ")}`);
      await delay(LOOK_MS);
    }
  };
  const { texts, changes, putOff } = await endure(deployment, faults, ({ fault, loadMs, browsersMs }) => {
    const [load, browsers] = [loadMs, browsersMs].map(Math.round);
    say(`${fault}: the load goes on after ${load} ms, the browsers after ${browsers} ms\n`);
  }, eachRunsOnce);
  say(
    `${texts} texts and ${changes} changes acknowledged, none lost; ${putOff} requests told to come again\n`,
  );
  using client = independentClient(origin, ca);
  const meeting = await loadMeeting(client, ca, await signIn(client, operator));
  await meeting.goesOn();
  await meeting.check();
  await meeting.end();
});

/** `mc-1 MEETING` for each lease. */
async function placedIn(redis: WatchedRedis): Promise<string[]> {
  const leases = await redis.fields("dt:lease:", "controller_id");
  return [...leases].map(([meetingId, controller]) => `${controller} ${meetingId}`).toSorted();
}
