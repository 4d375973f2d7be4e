import { assert, assertEquals } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { startStack } from "../e2e/stack.ts";
import { controllersReady } from "./support/controllers.ts";
import { gather } from "./support/crowd.ts";
import { p95, recoverFrom } from "./support/recover.ts";

/** `deno task soak meeting` has fifty kills. */
const ways = [["a killed controller's", "SIGKILL", 5], ["a drained controller's", "SIGTERM", 1]] as const;

Deno.test("chaos › a lost controller's people come back to another one, with everything as before", async (t) => {
  await using stack = await startStack({ DT_CONTROLLERS: "2" });
  const crowds = await gather([stack.origin], 4, 4);
  for (const [whose, signal, times] of ways) {
    await t.step(`${whose}, ${times === 1 ? "once" : `${times} times`}`, async () => {
      for (let time = 0; time < times; time++) {
        const controllers = await controllersReady(stack, 2);
        const port = await crowds[0]?.port();
        const victim = controllers.find((one) => one.port === port);
        assert(victim !== undefined);
        const { awayMs, losses } = await recoverFrom(crowds, victim, signal);
        assertEquals(losses, losses.map(() => 1));
        const [p95Ms, longestMs] = [p95(awayMs), awayMs.at(-1) ?? 0].map(Math.round);
        say(`${awayMs.length} people, without signaling: p95 ${p95Ms} ms, longest ${longestMs} ms\n`);
      }
    });
  }
  await Promise.all(crowds.flatMap(({ people }) => people.map((one) => one.leave())));
});
