import { ports } from "../../../shared/dev/plan.ts";
import { aPlan } from "../../dev/a_plan.ts";
import { childrenOf } from "../../dev/running_up.ts";
import { startStack } from "../../e2e/stack.ts";
import { load, type LoadResult } from "../../load/load.ts";
import { roomyLimits } from "../../load/roomy_limits.ts";
import { percentile } from "../percentile.ts";
import type { Row } from "../row.ts";
import { echoKibPerConnection } from "./echo_peer.ts";
import { residentKib } from "./resident_kib.ts";
import { spreadLoad } from "./spread_load.ts";

const meetings = Number(Deno.env.get("BENCH_MEETINGS") ?? 1_000);
const size = 5;
const participants = meetings * size;
/** 100 messages a second. */
const seconds = 20;
const messageEveryMs = 10_000;

/**
 * Meetings of five on one meeting controller with two shards, signaling only, by the client SDK: every join is answered,
 * and every meeting chats. Beside it, in the same run, a bare echo with frames as long as theirs.
 */
export async function crowdRows(): Promise<readonly Row[]> {
  await using stack = await startStack({ ...roomyLimits, DT_SHARDS: "2" });
  const [pid] = await childrenOf(stack.pid, "/meeting/main.ts");
  if (pid === undefined) throw new Error("The meeting controller doesn't run");
  const heap = () => shardHeapKib(stack.origin);
  // One meeting brings what all of them share: code that is compiled, connections to the other services.
  await load({ origin: stack.origin, meetings: 2, participants: size, seconds: 1 });
  const before = { resident: await residentKib(pid), heap: await heap() };
  const during = { resident: 0, heap: 0 };
  const result = await spreadLoad({
    origin: stack.origin,
    meetings,
    participants: size,
    seconds,
    messageEveryMs,
    async whileJoined() {
      during.resident = await residentKib(pid);
      during.heap = await heap();
    },
  });
  const echo = await echoKibPerConnection(participants, framesOfAJoin());
  const of = (kind: "resident" | "heap") => (during[kind] - before[kind]) / participants;
  return [...latencyRows(result), ...memoryRows(of("heap"), of("resident"), echo)];
}

function latencyRows({ joined, joinSeconds, joins, answers, deliveries, lost }: LoadResult): Row[] {
  const rounded = (value: number) => Math.round(value * 10) / 10;
  const times = (name: string, samples: readonly number[], target?: number): Row[] =>
    [0.5, 0.95, 0.99].map((share) => ({
      name: `${name}, p${share * 100}`,
      value: rounded(percentile(samples, share)),
      unit: "ms",
      lower_is_better: true,
      ...share === 0.99 && target !== undefined ? { target } : {},
    }));
  return [
    { name: `participants in ${meetings} meetings`, value: joined, unit: "joins", target: participants },
    { name: "joins a second", value: Math.round(joined / joinSeconds), unit: "joins/s" },
    ...times("join by the SDK, connection included", joins),
    ...times("message answered", answers, 50),
    ...times("message delivered", deliveries, 50),
    {
      name: "lost joins, connections, answers and deliveries",
      value: Object.values(lost).reduce((sum, count) => sum + count, 0),
      unit: "lost",
      target: 0,
      lower_is_better: true,
    },
  ];
}

function memoryRows(heap: number, resident: number, echo: number): Row[] {
  const common = { unit: "KiB", lower_is_better: true };
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return [
    { ...common, name: "heap a participant, garbage included", value: rounded(heap), target: 30 },
    { ...common, name: "resident a participant", value: rounded(resident) },
    {
      ...common,
      name: "resident a participant, more than the echo's",
      value: rounded(resident - echo),
      target: 40,
      peer: `bare Deno.serve echo: ${rounded(echo)} KiB`,
    },
  ];
}

/** The used heap of both shards, as the controller's metrics say it. */
async function shardHeapKib(origin: string): Promise<number> {
  const plan = aPlan({ port: Number(new URL(origin).port), shards: 2 });
  const response = await fetch(`http://127.0.0.1:${ports.meeting(plan, 0)}/metrics`);
  const text = await response.text();
  return Number(/^mc_shard_heap_bytes (\S+)$/m.exec(text)?.[1]) / 1_024;
}

/** Frames as long as those of a participant: a join of five with its answer, notices of the others, and messages. */
function framesOfAJoin(): string[] {
  return [200, 2_500, 400, 400, 400, 400, ...Array.from({ length: 10 }, () => 300)].map((length) =>
    "x".repeat(length)
  );
}
