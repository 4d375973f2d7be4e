import { delay } from "@std/async";
import { childrenOf } from "../../dev/running_up.ts";
import type { Stack } from "../../e2e/stack.ts";

/** Looking without a pause would take the core on which they start. */
const LOOK_MS = 100;

/** A meeting controller's process. */
export interface Controller {
  readonly pid: number;
  /** The port of its only shard. */
  readonly port: number;
  readonly controlPort: number;
}

/** The meeting controllers that run now. */
export async function controllersOf({ pid }: Stack): Promise<Controller[]> {
  const pids = await childrenOf(pid, "meeting/main.ts");
  return await Promise.all(pids.map(async (one) => {
    const environment = await Deno.readTextFile(`/proc/${one}/environ`);
    return {
      pid: one,
      port: setting(environment, "DT_SHARD_PORT"),
      controlPort: setting(environment, "DT_PORT"),
    };
  }));
}

/** Waits until so many meeting controllers can be given meetings. */
export async function controllersReady(stack: Stack, count: number): Promise<Controller[]> {
  while (true) {
    const controllers = await controllersOf(stack);
    const ready = await Promise.all(controllers.map(isReady));
    if (ready.filter(Boolean).length === count) return controllers;
    await delay(LOOK_MS);
  }
}

async function isReady({ controlPort }: Controller): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${controlPort}/ready`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function setting(environment: string, name: string): number {
  const [, value] = new RegExp(`(?:^|\\0)${name}=(\\d+)`).exec(environment) ?? [];
  if (value === undefined) throw new Error(`The process has no ${name}`);
  return Number(value);
}
