import { assertEquals } from "@std/assert";
import type { WorkerResourceUsage } from "mediasoup/types";
import { watchHeartbeat } from "../../../media/workers/heartbeat.ts";
import { type ActorContext, ask, nothing, protocol } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";

const Watcher = protocol({ ping: ask(nothing, nothing) });

interface Watched {
  readonly getResourceUsage: () => Promise<WorkerResourceUsage>;
  readonly events: string[];
}

class WatcherActor {
  static readonly protocol = Watcher;

  constructor({ getResourceUsage, events }: Watched, context: ActorContext<typeof Watcher>) {
    watchHeartbeat(context, {
      worker: { getResourceUsage },
      silenceMs: 3_000,
      onUsage: ({ ru_maxrss }) => void events.push(`usage ${ru_maxrss}`),
      onSilence: () => void events.push("silence"),
    });
  }

  ping(): void {}
}

const usage = (ru_maxrss: number): WorkerResourceUsage => ({
  ru_utime: 0,
  ru_stime: 0,
  ru_maxrss,
  ru_ixrss: 0,
  ru_idrss: 0,
  ru_isrss: 0,
  ru_minflt: 0,
  ru_majflt: 0,
  ru_nswap: 0,
  ru_inblock: 0,
  ru_oublock: 0,
  ru_msgsnd: 0,
  ru_msgrcv: 0,
  ru_nsignals: 0,
  ru_nvcsw: 0,
  ru_nivcsw: 0,
});

async function watch(answers: readonly Promise<WorkerResourceUsage>[], advances: readonly number[]) {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const events: string[] = [];
  let asked = 0;
  const never = new Promise<never>(() => {});
  scope.spawn(WatcherActor, { events, getResourceUsage: () => answers[asked++] ?? never }, { capacity: 10 });
  for (const advanceMs of advances) await kit.advance(advanceMs);
  await kit.finish(scope.close());
  return { events, asked };
}

Deno.test("heartbeat › a worker that answers each second is asked again", async () => {
  const { events } = await watch([1, 2, 3].map((n) => Promise.resolve(usage(n))), [1_000, 1_000, 1_000]);
  assertEquals(events, ["usage 1", "usage 2", "usage 3"]);
});

Deno.test("heartbeat › a worker that is silent for the whole time is noticed once", async () => {
  const { events } = await watch([Promise.resolve(usage(1))], [...Array(4).fill(1_000)]);
  assertEquals(events, ["usage 1"]);
  const longer = await watch([Promise.resolve(usage(1))], [...Array(20).fill(1_000)]);
  assertEquals(longer.events, ["usage 1", "silence"]);
  assertEquals(longer.asked, 2);
});

Deno.test("heartbeat › a late answer ends the silence", async () => {
  const late = Promise.withResolvers<WorkerResourceUsage>();
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const events: string[] = [];
  let asked = 0;
  const getResourceUsage = () => asked++ === 0 ? late.promise : Promise.resolve(usage(asked));
  scope.spawn(WatcherActor, { events, getResourceUsage }, { capacity: 10 });
  for (let second = 0; second < 3; second++) await kit.advance(1_000);
  late.resolve(usage(1));
  for (let second = 0; second < 3; second++) await kit.advance(1_000);
  assertEquals(events.slice(0, 3), ["usage 1", "usage 2", "usage 3"]);
  await kit.finish(scope.close());
});
