import { assert } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { startStack } from "../e2e/stack.ts";
import { controllersOf } from "./support/controllers.ts";
import { openWatchedCall } from "./support/watched_call.ts";

const ways = { "is killed": "SIGKILL", "is drained": "SIGTERM" } as const;

for (const [how, signal] of Object.entries(ways)) {
  Deno.test(`chaos › a controller ${how}, and the media goes on over the same transports`, async () => {
    await using stack = await startStack({ DT_CONTROLLERS: "2" });
    await using call = await openWatchedCall(stack.origin);
    const port = await call.port();
    const victim = (await controllersOf(stack)).find((one) => one.port === port);
    assert(victim !== undefined);
    await call.watch();
    Deno.kill(victim.pid, signal);
    const { gapsMs, isKept } = await call.back();
    assert(isKept);
    say(`longest times without a packet of sound: ${gapsMs.map(Math.round).join(" and ")} ms\n`);
  });
}
