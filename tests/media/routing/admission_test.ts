import { assertEquals } from "@std/assert";
import { cpuPercent } from "../../../media/registration/heartbeat_load.ts";
import { isFullAt } from "../../../media/routing/worker_list.ts";
import { startHandler } from "../fixtures/handler.ts";
import { codesOf, openMeeting, stepsOn } from "../fixtures/open_meeting.ts";

const at = (cpu: number) => ({ cpu, peakMemoryBytes: 0 });

Deno.test("admission › a worker that was full takes newcomers again at a lower load", () => {
  const limits = { refuse: 0.9, takeAgain: 0.72 };
  let isFull = false;
  const states = [0.5, 0.89, 0.9, 0.8, 0.73, 0.72, 0.89].map((cpu) =>
    isFull = isFullAt(at(cpu), isFull, limits)
  );
  assertEquals(states, [false, false, true, true, true, false, false]);
});

Deno.test("admission › a handler reports its capacity once every worker is full", () => {
  const state = (cpu: number, isFull: boolean) => ({ index: 0, ...at(cpu), isFull });
  assertEquals(cpuPercent([state(0.4, false), state(0.2, false)], 90), 30);
  assertEquals(cpuPercent([state(0.99, true), state(0.88, false)], 90), 89);
  assertEquals(cpuPercent([state(0.8, true), state(0.75, true)], 90), 90);
  assertEquals(cpuPercent([], 90), 90);
});

Deno.test("admission › a busy worker refuses newcomers, and takes back whoever was there", async () => {
  // No real load is low enough to take newcomers again.
  const cpuLimits = { refuse: 0.9, takeAgain: -1 };
  await using handler = await startHandler({ workers: 2, cpuLimits });
  const { control } = handler.connect("one");
  const { apply, done, codeOf, steps } = await openMeeting(control);
  await done(steps.transports("ada"));
  handler.table.tell("workerUsed", { index: 0, use: at(0.95) });
  assertEquals(codesOf(await apply(steps.transports("bob"), steps.transports("ada", 2))), ["full", "ok"]);
  // The other worker takes a router and the newcomer.
  const { router_id } = await done({ step: "router.open" });
  assertEquals(await codeOf(stepsOn(router_id).transports("bob")), "ok");
  handler.table.tell("workerUsed", { index: 1, use: at(0.95) });
  const refused = await control.ask("open", { meeting_id: "other", generation: 1 });
  assertEquals(refused.ok ? "ok" : refused.error.code, "unavailable");
  handler.table.tell("workerUsed", { index: 0, use: at(-1) });
  assertEquals(await codeOf(steps.transports("cleo")), "ok");
  await openMeeting(control, "other");
});
