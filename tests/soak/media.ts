import type { Row } from "../bench/row.ts";
import { percentile } from "../bench/percentile.ts";
import { longestOf, type Loss, receiversOf, recoveriesOf } from "../chaos/support/loss.ts";
import { loseHandlers } from "../chaos/support/lose_handlers.ts";
import { loseWorkers } from "../chaos/support/lose_workers.ts";
import { fuzzSteps } from "../media/routing/steps/fuzz_steps.ts";

const seeds = 10;
const stepsOfASeed = 5_000;
const kills = Number(Deno.env.get("SOAK_KILLS") ?? 20);
const drains = Number(Deno.env.get("SOAK_DRAINS") ?? 4);
/**
 * Kills of one deployment's worker. More in a minute, and its handler starts it with pauses of seconds: what is measured
 * then is the distance of its restarts.
 */
const killsOfAWorker = 4;
/** Of a meeting over two handlers. */
const people = Number(Deno.env.get("SOAK_PEOPLE") ?? 10);
const targetMs = 2_000;

type Tell = (row: Row) => void;

const parts = {
  workers: async (tell: Tell) => {
    const losses: Loss[] = [];
    while (losses.length < kills) {
      const times = Math.min(killsOfAWorker, kills - losses.length);
      losses.push(...await loseWorkers({ size: 4, times }));
    }
    tellLosses(tell, "an SFU worker of four people killed", losses);
  },
  handler: async (tell: Tell) => {
    const losses = await loseHandlers({ size: 4, signals: repeated("SIGKILL", kills), isForAll: true });
    tellLosses(tell, "the handler of four people killed, a second one there", losses);
  },
  handlers: async (tell: Tell) => {
    const losses = await loseHandlers({ size: people, signals: repeated("SIGKILL", kills), isForAll: false });
    tellLosses(tell, `${people} people over two handlers, one killed`, losses);
  },
  drains: async (tell: Tell) => {
    const losses = await loseHandlers({
      size: people,
      signals: repeated("SIGTERM", drains),
      isForAll: false,
    });
    tellLosses(tell, `${people} people over two handlers, one drained`, losses);
  },
  steps: mutatedSteps,
};

function repeated<S extends "SIGKILL" | "SIGTERM">(signal: S, times: number): S[] {
  return Array.from({ length: times }, () => signal);
}

/** `SOAK_PARTS`: the names of some, with commas between them. */
export async function run(tell: Tell): Promise<void> {
  const wanted = Deno.env.get("SOAK_PARTS")?.split(",") ?? Object.keys(parts);
  for (const [name, part] of Object.entries(parts)) if (wanted.includes(name)) await part(tell);
}

/** Mutated steps with one seed after another. Throws with the seed that killed a worker. */
async function mutatedSteps(tell: Tell): Promise<void> {
  for (let seed = 1; seed <= seeds; seed++) await fuzzSteps(stepsOfASeed, seed);
  tell({ name: "mutated steps that no SFU worker died of", value: seeds * stepsOfASeed, unit: "" });
}

function tellLosses(tell: Tell, what: string, losses: readonly Loss[]): void {
  const times = recoveriesOf(losses);
  const row = (name: string, value: number): Row => ({ name: `${what}: ${name}`, value, unit: "ms" });
  const target = { target: targetMs, lower_is_better: true };
  tell(row(`everybody receives everybody again, p50 of ${times.length}`, percentile(times, 0.5)));
  tell({ ...row("the same, p95", percentile(times, 0.95)), ...target });
  tell(row("the same, longest", Math.max(...times)));
  const receivers = receiversOf(losses);
  tell(row(`a receiver receives everybody again, p50 of ${receivers.length}`, percentile(receivers, 0.5)));
  tell({ ...row("the same, p95", percentile(receivers, 0.95)), ...target });
  const others = losses.flatMap(({ ofTheOthers }) => ofTheOthers);
  if (others.length === 0) return;
  tell({ ...row(`gap among the others, longest of ${others.length}`, longestOf(others)), ...target });
}
