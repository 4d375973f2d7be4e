import { askOneByOne, askTogether, fanOut, spawnAndStop, tells } from "./actor/ours.ts";
import { barePromises, nactAskOneByOne, nactAskTogether, nactTells, xstateSends } from "./actor/peers.ts";
import { settledAfterDeath, workerRates } from "./actor/workers.ts";
import type { Row } from "./row.ts";

/** The runtime beside others that do less or the same, on this machine and in this run; metrics are on throughout. */
export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const perSecond = (name: string, value: number, more: Partial<Row> = {}) =>
    rows.push({ name, value: Math.round(value), unit: "/s", ...more });
  const compared = (peer: string, value: number, other: number) => ({ peer, ratio: value / other });

  const ask = await askOneByOne();
  const nactAsk = await nactAskOneByOne();
  perSecond("ask, one by one", ask, { target: 1_000_000, ...compared("nact", ask, nactAsk) });
  rows.push({
    name: "ask, one by one, over nact's",
    value: ask / nactAsk,
    unit: "×",
    target: 4,
  });
  perSecond("ask, one by one: nact", nactAsk);
  const promise = await barePromises();
  perSecond("ask, one by one: bare promise", promise, compared("ask", promise, ask));
  const together = await askTogether(64);
  const nactTogether = await nactAskTogether(64);
  perSecond("ask, 64 in flight", together, compared("nact", together, nactTogether));
  perSecond("ask, 64 in flight: nact", nactTogether);
  const told = await tells();
  const nactTold = await nactTells();
  perSecond("tell, handled", told, { target: 5_000_000, ...compared("nact", told, nactTold) });
  perSecond("tell, handled: nact", nactTold);
  const sent = await xstateSends();
  perSecond("tell, handled: xstate", sent, compared("tell", sent, told));
  perSecond("ask, fan-out 1 to 1,000", await fanOut(1_000));

  for (const inFlight of [1, 64]) {
    const { ours, bare } = await workerRates(inFlight);
    const way = inFlight === 1 ? "one by one" : `${inFlight} in flight`;
    perSecond(`Worker ask, ${way}`, ours, compared("bare postMessage", ours, bare));
    perSecond(`Worker ask, ${way}: bare postMessage`, bare);
    if (inFlight === 64) {
      rows.push({ name: "Worker ask, 64 in flight, over bare", value: ours / bare, unit: "×", target: 0.8 });
    }
  }

  const below = (name: string, value: number, unit: string, target: number) =>
    rows.push({ name, value, unit, target, lower_is_better: true });
  below("1,000 asks in flight settled after their Worker's end", await settledAfterDeath(1_000), "ms", 100);
  below("10,000 actors spawned and stopped", await spawnAndStop(10_000), "ms", 200);
  below("heap of an idle actor", await idleActorBytes(), "bytes", 1_536);
  return rows;
}

/** Measured in a process of its own, where the collector can be called. */
async function idleActorBytes(): Promise<number> {
  const program = new URL("./actor/memory.ts", import.meta.url);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", "--v8-flags=--expose-gc", program.href],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The measurement of an idle actor's heap failed");
  return Number(new TextDecoder().decode(stdout));
}
