import { say } from "../../shared/dev/say.ts";
import { startDeployment } from "./deployment/deployment.ts";
import { endure } from "./deployment/endure.ts";
import { allFaults } from "./deployment/faults.ts";

/** One of each kind: `deno task soak deployment` has them all. */
const SOME = ["global-1 killed", "meeting-1 killed", "PostgreSQL crashed", "Redis back empty"];

Deno.test("chaos › two of each service behind nginx, with PostgreSQL and Redis: nothing acknowledged is lost, and no meeting ends", async () => {
  await using deployment = await startDeployment();
  const faults = allFaults(deployment).filter(({ name }) => SOME.includes(name));
  await endure(deployment, faults, ({ fault, loadMs, browsersMs }) => {
    say(
      `${fault}: the load goes on after ${Math.round(loadMs)} ms, the browsers after ${
        Math.round(browsersMs)
      } ms\n`,
    );
  });
});
