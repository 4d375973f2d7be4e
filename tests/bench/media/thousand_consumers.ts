import process from "node:process";
import { measure } from "../../../media/telemetry/measure.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, startHandler } from "../../media/fixtures/handler.ts";
import { openMeeting } from "../../media/fixtures/open_meeting.ts";
import { median } from "../median.ts";
import { percentile } from "../percentile.ts";
import type { Row } from "../row.ts";

const senders = 20;
const receivers = 50;
const batches = 400;
const stepsOfABatch = 10;
const rounds = 10;
/** The period of the statistics, and the rate at which paths are measured. */
const periodSeconds = 5;
const pathsPerSecond = 5;

/** What a batch takes in a handler with 1,000 consumers, and what their statistics cost. */
export async function benchThousandConsumers(): Promise<readonly Row[]> {
  await using handler = await startHandler({ statisticsMs: 600_000 });
  const { apply, done, steps, router_id } = await openMeeting(handler.connect("bench").control);
  const producers: string[] = [];
  for (let sender = 0; sender < senders; sender++) {
    const { send } = await done(steps.transports(`s${sender}`));
    producers.push((await done(steps.video(`s${sender}`, send.id))).producer_id);
  }
  for (let receiver = 0; receiver < receivers; receiver++) {
    await apply(
      steps.transports(`r${receiver}`),
      ...producers.map((id) => steps.consume(`r${receiver}`, id)),
    );
  }
  const live = valueOf(await handler.table.ask("liveObjects", undefined));
  const consumers = live.flatMap((router) => router.consumers);
  const tookMs: { readonly ours: number[]; readonly bare: number[] } = { ours: [], bare: [] };
  const time = async (into: number[], work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    into.push(performance.now() - start);
  };
  for (let batch = 0; batch < batches; batch++) {
    const changes = Array.from({ length: stepsOfABatch }, (_, index) => ({
      step: "consumer.set" as const,
      router_id,
      participant_id: `r${(batch * stepsOfABatch + index) % receivers}`,
      producer_id: producers[batch % senders] ?? "",
      priority: 1 + (batch + index) % 200,
    }));
    // What the worker and the machine take by themselves is in both, in turns.
    await time(tookMs.ours, () => apply(...changes));
    const asked = consumers.slice(batch % (senders * receivers - stepsOfABatch)).slice(0, stepsOfABatch);
    await time(tookMs.bare, () => Promise.all(asked.map((one, index) => one.setPriority(201 + index))));
  }
  const bareMs = percentile(tookMs.bare, 0.99);
  return [
    {
      name: `apply of ${stepsOfABatch} changes at ${senders * receivers} consumers, p99`,
      value: percentile(tookMs.ours, 0.99),
      unit: "ms",
      target: 2,
      lower_is_better: true,
      peer: `bare mediasoup: ${bareMs.toFixed(2)} ms`,
      ratio: median(tookMs.ours.map((ours, batch) => ours / (tookMs.bare[batch] ?? NaN))),
    },
    {
      name: `share of a core for the statistics of ${senders * receivers} consumers`,
      value: 100 * await shareOfACore(handler),
      unit: "%",
      target: 5,
      lower_is_better: true,
    },
  ];
}

/** CPU time of this process and of the worker, for the rounds of all objects and for the measuring of paths. */
async function shareOfACore(handler: Handler): Promise<number> {
  const live = valueOf(await handler.table.ask("liveObjects", undefined));
  const [worker] = handler.workers;
  if (worker === undefined) throw new Error("The handler has no worker");
  const { pid } = valueOf(await worker.ask("describe", undefined));
  const cost = async (work: () => Promise<unknown>) => {
    const before = await cpuSeconds(pid);
    for (let round = 0; round < rounds; round++) await work();
    return (await cpuSeconds(pid) - before) / rounds;
  };
  const paths = live.flatMap(({ participants }) => participants.map(({ recv }) => recv)).slice(-receivers);
  return await cost(() => measure(live)) / periodSeconds +
    await cost(() => Promise.all(paths.map((recv) => recv.getStats()))) * pathsPerSecond;
}

async function cpuSeconds(workerPid: number): Promise<number> {
  const { user, system } = process.cpuUsage();
  const stat = await Deno.readTextFile(`/proc/${workerPid}/stat`);
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
  return (user + system) / 1e6 + ticks.reduce((sum, value) => sum + value, 0) / 100;
}
