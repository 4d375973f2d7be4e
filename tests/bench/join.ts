import type { Page } from "playwright-core";
import {
  browsersIn,
  clickJoin,
  createMeeting,
  joinMeeting,
  looks,
  register,
  type TestParticipant,
} from "../e2e/participant.ts";
import { startStack } from "../e2e/stack.ts";
import { startBareServer } from "./join/bare_server.ts";
import { type JoinTrace, stageNames, stages, traceJoins } from "./join/stages.ts";
import { percentile } from "./percentile.ts";
import { type Row, targetAt } from "./row.ts";

const joins = Number(Deno.env.get("BENCH_JOINS") ?? 20);

/**
 * From the third participant's click to the first frame of another's video, in real browsers on this machine. Join by join
 * in turns with a bare server, in the same browsers: two others are in both calls all the time.
 */
export async function run(): Promise<readonly Row[]> {
  await using stack = await startStack();
  await using bare = await startBareServer();
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-bench-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob, eve] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
      browsers.open("Eve", looks.blue),
    ]);
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "Benchmark", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    for (const { context } of [ada, bob]) await clickBareJoin(await context.newPage(), bare.origin);
    const besides = await eve.context.newPage();
    const nextOfOurs = await traceJoins(eve.page);
    const nextOfBare = await traceJoins(besides);
    const ours: JoinTrace[] = [];
    const floor: JoinTrace[] = [];
    // The first ones warm the routers and the browser's caches, as the two before did for their own.
    for (let turn = 0; turn <= joins; turn++) {
      const join = await ourJoin(eve, stack.origin + path, nextOfOurs);
      const other = await bareJoin(besides, bare.origin, nextOfBare);
      if (turn === 0) continue;
      ours.push(join);
      floor.push(other);
    }
    return rows(ours, floor);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function ourJoin(
  participant: TestParticipant,
  url: string,
  next: () => Promise<JoinTrace>,
): Promise<JoinTrace> {
  const { page } = participant;
  await page.bringToFront();
  await page.goto(url);
  const [trace] = await Promise.all([next(), clickJoin(participant)]);
  await page.getByTestId("leave").click();
  await page.getByTestId("ending").waitFor();
  return trace;
}

async function bareJoin(
  page: Page,
  origin: string,
  next: () => Promise<JoinTrace>,
): Promise<JoinTrace> {
  await page.bringToFront();
  const [trace] = await Promise.all([next(), clickBareJoin(page, origin)]);
  // A page that goes away closes its socket, and the server its transports.
  await page.goto("about:blank");
  return trace;
}

async function clickBareJoin(page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  await page.getByRole("button", { name: "Join" }).click();
}

function rows(ours: readonly JoinTrace[], floor: readonly JoinTrace[]): Row[] {
  const peer = "a bare server";
  const of = (traces: readonly JoinTrace[], stage: keyof JoinTrace, share: number) =>
    percentile(traces.map((trace) => trace[stage]), share);
  const seen = (name: string, share: number, targetMs: number, targetRatio: number): Row[] => {
    const value = of(ours, "seen", share);
    const ratio = value / of(floor, "seen", share);
    const row = { name: `click to first remote frame, ${name} of ${joins}`, unit: "ms", value };
    return [
      { ...row, target: targetMs, lower_is_better: true },
      {
        ...row,
        name: `the same beside ${peer}`,
        target: targetAt(targetRatio, value, ratio),
        lower_is_better: true,
        peer,
        ratio,
      },
    ];
  };
  return [
    ...seen("p50", 0.5, 150, 1.1),
    ...seen("p95", 0.95, 250, 1.15),
    ...stages.map((stage): Row => {
      const value = of(ours, stage, 0.5);
      const name = `click until ${stageNames[stage]}, p50`;
      return { name, unit: "ms", value, peer, ratio: value / of(floor, stage, 0.5) };
    }),
  ];
}
