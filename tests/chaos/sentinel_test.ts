import { say } from "../../shared/dev/say.ts";
import { startWatchedRedis, type WatchedRedis } from "../store/live/redis_server.ts";
import { type DeployedProcess, deploymentOn } from "./deployment/deployment.ts";
import { endure } from "./deployment/endure.ts";
import { independentClient } from "./deployment/independent_client.ts";
import { loadMeeting, signIn } from "./deployment/load.ts";

Deno.test("chaos › Redis' master dies twice, and Sentinels have the other one take over: nothing acknowledged is lost, nobody runs a meeting twice", async () => {
  await using deployment = await deploymentOn(startWatchedRedis);
  const { origin, ca, operator, redis, processes } = deployment;
  const controllers = processes.filter(({ name }) => name.startsWith("meeting"));
  const faults = [1, 2].map((number) => ({
    name: `takeover ${number}`,
    async cause() {
      if (number > 1) await redis.mend();
      await redis.failOver();
    },
  }));
  /** What a meeting's two controllers would make impossible: as many run as are placed. */
  const eachRunsOnce = async () => {
    while (await runningAt(controllers) !== await placedIn(redis));
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

async function placedIn(redis: WatchedRedis): Promise<number> {
  return (await redis.keys()).filter((key) => key.startsWith("dt:lease:")).length;
}

async function runningAt(controllers: readonly DeployedProcess[]): Promise<number> {
  const counts = await Promise.all(controllers.map(async ({ readyUrl }) => {
    const metrics = await (await fetch(new URL("/metrics", readyUrl))).text();
    return Number(/^mc_meetings (\d+)$/m.exec(metrics)?.[1]);
  }));
  return counts.reduce((sum, count) => sum + count, 0);
}
