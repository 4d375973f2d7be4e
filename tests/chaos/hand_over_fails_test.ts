import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { startStack } from "../e2e/stack.ts";
import { controllersOf } from "./support/controllers.ts";
import { gather } from "./support/crowd.ts";
import { p95, recoverFrom } from "./support/recover.ts";

Deno.test("chaos › a meeting that no other controller opens in time is taken back, and nothing of it is lost when its own ends", async () => {
  await using stack = await startStack({ DT_CONTROLLERS: "2", DT_FAULT_INJECTION: "1" });
  const [crowd] = await gather([stack.origin], 1, 4);
  assert(crowd !== undefined);
  const controllers = await controllersOf(stack);
  const port = await crowd.port();
  const victim = controllers.find((one) => one.port === port);
  const other = controllers.find((one) => one.port !== port);
  assert(victim !== undefined && other !== undefined);
  const log = victim.controlPort < other.controlPort ? "meeting" : "meeting-2";
  // It accepts the meeting, and has opened nothing three seconds later.
  const held = await fetch(`http://127.0.0.1:${other.controlPort}/debug/shards/0/hold`, { method: "POST" });
  assertEquals(await held.json(), { outcome: "accepted" });
  const { awayMs, losses } = await recoverFrom([crowd], victim, "SIGTERM");
  assertStringIncludes(
    await Deno.readTextFile(`${stack.dataDir}/logs/${log}.log`),
    "a meeting that was handed over goes on here",
  );
  assertEquals(losses, losses.map(() => 1));
  say(`${awayMs.length} people, without signaling: p95 ${Math.round(p95(awayMs))} ms\n`);
  await Promise.all(crowd.people.map((one) => one.leave()));
});
