import { untilAborted } from "./until_aborted.ts";
import type { ChildExit, RunningChild } from "./running_child.ts";

export interface KeepRunningOptions {
  /** Aborted when the child is to stop. */
  readonly stop: AbortSignal;
  start(): RunningChild;
  /** Told of each new process, the first included. */
  onStart(child: RunningChild): void;
  /** Told of each death, with the pause before the next start in milliseconds; answers whether there is to be one. */
  onDeath(exit: ChildExit, quickDeaths: number, pauseMs: number): "restart" | "give up";
  /** From SIGTERM to SIGKILL, in milliseconds. */
  readonly killAfterMs: number;
  /** Resolves after the time, or when `stop` is aborted. */
  pause(milliseconds: number): Promise<void>;
}

/** A signal to the whole process group reaches a child before this process has handled its own. */
const GROUP_SIGNAL_MS = 200;
/** A process that lived for less died quickly: the pauses before a restart grow. */
const QUICK_DEATH_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 60_000;

/** Keeps one child running until `stop` is aborted, and ends it then; resolves when no process is left. */
export async function keepRunning(options: KeepRunningOptions): Promise<void> {
  const { stop } = options;
  let quickDeaths = 0;
  while (!stop.aborted) {
    const child = options.start();
    options.onStart(child);
    const exit = await Promise.race([child.exit, aborted(stop)]);
    if (exit === undefined) return await end(child, options.killAfterMs);
    await options.pause(GROUP_SIGNAL_MS);
    if (stop.aborted) return;
    quickDeaths = exit.lifetimeMs < QUICK_DEATH_MS ? quickDeaths + 1 : 0;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** quickDeaths, LONGEST_PAUSE_MS);
    if (options.onDeath(exit, quickDeaths, pauseMs) === "give up") return;
    await options.pause(pauseMs);
  }
}

async function end(child: RunningChild, killAfterMs: number): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  await child.exit;
  clearTimeout(timer);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return untilAborted(signal).then(() => undefined);
}
