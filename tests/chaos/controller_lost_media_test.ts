import { assert } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { startStack } from "../e2e/stack.ts";
import { controllersReady } from "./support/controllers.ts";
import { openWatchedCall } from "./support/watched_call.ts";

const ways = { "is killed": "SIGKILL", "is drained": "SIGTERM" } as const;

Deno.test("chaos › a controller is lost, and the media goes on over the same transports", async (t) => {
  await using stack = await startStack({ DT_CONTROLLERS: "2" });
  await using call = await openWatchedCall(stack.origin);
  for (const [how, signal] of Object.entries(ways)) {
    await t.step(`it ${how}`, async () => {
      const controllers = await controllersReady(stack, 2);
      const port = await call.port();
      const victim = controllers.find((one) => one.port === port);
      assert(victim !== undefined);
      await call.watch();
      await call.lose(() => Deno.kill(victim.pid, signal));
      const { gapsMs, isKept } = await call.back();
      assert(isKept);
      say(`longest times without a packet of sound: ${gapsMs.map(Math.round).join(" and ")} ms\n`);
    });
  }
});
