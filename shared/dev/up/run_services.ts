import { formatDuration } from "../format_duration.ts";
import type { ServiceName } from "../service_names.ts";
import type { ServiceProcess } from "../services.ts";
import { keepRunning } from "./keep_running.ts";
import { killLastAfterMs } from "./kill_after.ts";
import { openLogFile } from "./log_file.ts";
import { type ChildExit, type RunningChild, startChild } from "./running_child.ts";
import { untilAborted } from "./until_aborted.ts";
import { untilHung } from "./until_hung.ts";
import { whenReady } from "./when_ready.ts";

export interface RunServicesOptions {
  /** Aborted when all of it is to end. */
  readonly stop: AbortSignal;
  readonly logFolder: string;
  /** Whether the services' lines are shown too. */
  readonly verbose: boolean;
  /** A line for whoever started it. */
  say(line: string): void;
  /** A line about what went wrong. */
  complain(line: string): void;
  /** Called once every service is ready. */
  onReady(): Promise<void>;
  /** How long the services may take to become ready, in milliseconds. */
  readonly startMs: number;
  /** How long a service may take to end after SIGTERM before it is killed, in milliseconds. */
  readonly killAfterMs: number;
  /** How long a running service may take to answer. One that misses several answers in a row is killed. */
  readonly answerMs: number;
  /** Resolves after the time, or when the signal is aborted; real time unless given. */
  readonly pause?: (signal: AbortSignal, milliseconds: number) => Promise<void>;
  /** What the services are asked with, where they serve by a certificate that is not known elsewhere. */
  readonly client?: Deno.HttpClient;
}

/** The services that the others sign off with: they are told to end when the others have ended, or have had their time. */
const LAST: readonly ServiceName[] = ["auth", "global"];

/**
 * Runs the services until `stop` is aborted, or one can't be started the first time, and ends all of them. A service that
 * dies later is started again, ever more slowly. Answers the exit code: 0 when it was asked to stop, 2 when a service
 * refused to start with a reason, 1 otherwise.
 */
export async function runServices(
  processes: readonly ServiceProcess[],
  options: RunServicesOptions,
): Promise<number> {
  const ending = new AbortController();
  const stop = AbortSignal.any([options.stop, ending.signal]);
  const { client, pause: pauseUntil = pauseUnless } = options;
  const pause = (milliseconds: number) => pauseUntil(stop, milliseconds);
  const ask: typeof fetch = client === undefined ? fetch : (input, init) => fetch(input, { ...init, client });
  const waiting = new Map(processes.map(({ name }) => [name, "it does not answer yet"]));
  let code = 0;
  let allReady = false;
  const giveUp = (exitCode: number) => {
    if (stop.aborted) return;
    code = exitCode;
    ending.abort();
  };

  /** Processes that share an address can't be told apart by its answers. */
  const hasOwnAddress = ({ readyUrl }: ServiceProcess) =>
    processes.filter((other) => other.readyUrl === readyUrl).length === 1;

  const killIfHung = async (process: ServiceProcess, child: RunningChild, alive: AbortSignal) => {
    if (!hasOwnAddress(process)) return;
    const signal = AbortSignal.any([stop, alive]);
    const { answerMs } = options;
    // What it needs to be ready may be away, or slow: that doesn't make it hang.
    const url = new URL("/health", process.readyUrl).href;
    if (!await untilHung(url, { signal, fetch: ask, pause, answerMs })) return;
    options.complain(`${process.name}: does not answer any more`);
    child.kill("SIGKILL");
  };

  const untilReady = async ({ name, readyUrl }: ServiceProcess, alive: AbortSignal) => {
    const startedAt = performance.now();
    const signal = AbortSignal.any([stop, alive]);
    const onWaiting = (reason: string) => void waiting.set(name, reason);
    if (!await whenReady(readyUrl, { signal, fetch: ask, pause, onWaiting })) return;
    waiting.delete(name);
    options.say(`${name}: ready (${formatDuration(performance.now() - startedAt)})`);
    if (waiting.size > 0 || allReady) return;
    allReady = true;
    await options.onReady();
  };

  const onDeath = (
    process: ServiceProcess,
    exit: ChildExit,
    quickDeaths: number,
    pauseMs: number,
  ): "restart" | "give up" => {
    const { name } = process;
    if (stop.aborted) return "give up";
    if (!allReady && exit.code === 2) {
      // Its log lines are JSON; the reason is a plain line.
      options.complain(exit.lines.findLast((line) => !line.startsWith("{")) ?? `${name}: refused to start`);
      giveUp(2);
      return "give up";
    }
    const how = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
    options.complain(`${name}: ended ${how}; its last lines:`);
    for (const line of exit.lines) options.complain(`  | ${line}`);
    if (allReady) {
      // The others go on, and with them the meetings: only somebody's stop ends the installation.
      options.complain(
        quickDeaths > 1
          ? `${name}: starting again in ${
            formatDuration(pauseMs)
          }, after ${quickDeaths} quick deaths in a row`
          : `${name}: starting again`,
      );
      return "restart";
    }
    options.complain(`${name}: could not start`);
    giveUp(1);
    return "give up";
  };

  const keepOne = async (process: ServiceProcess, ownStop: AbortSignal, killAfterMs: number) => {
    using log = openLogFile(`${options.logFolder}/${process.name}.log`);
    let alive = new AbortController();
    await keepRunning({
      stop: ownStop,
      pause,
      killAfterMs,
      start: () =>
        startChild(process, (line) => {
          log.write(line);
          if (options.verbose) options.say(`${process.name}| ${line}`);
        }),
      onStart: (child) => {
        alive = new AbortController();
        waiting.set(process.name, "it does not answer yet");
        const { signal } = alive;
        untilReady(process, signal).then(() => killIfHung(process, child, signal)).catch((error) => {
          options.complain(`up: ${error instanceof Error ? error.message : String(error)}`);
          giveUp(1);
        });
      },
      onDeath: (exit, quickDeaths, pauseMs) => {
        alive.abort();
        return onDeath(process, exit, quickDeaths, pauseMs);
      },
    });
  };

  const startTimer = setTimeout(() => {
    if (allReady) return;
    for (const [name, reason] of waiting) {
      options.complain(`${name}: not ready after ${formatDuration(options.startMs)}: ${reason}`);
    }
    options.complain(`up: start again, or look into ${options.logFolder}`);
    giveUp(1);
  }, options.startMs);
  const isLast = ({ service }: ServiceProcess) => LAST.includes(service);
  const lastStop = new AbortController();
  const killLastMs = killLastAfterMs(options.killAfterMs);
  const others = processes.filter((process) => !isLast(process)).map((process) =>
    keepOne(process, stop, options.killAfterMs)
  );
  const last = processes.filter(isLast).map((process) => keepOne(process, lastStop.signal, killLastMs));
  await untilAborted(stop);
  clearTimeout(startTimer);
  const lastTimer = setTimeout(() => lastStop.abort(), options.killAfterMs - killLastMs);
  await Promise.all(others);
  clearTimeout(lastTimer);
  lastStop.abort();
  await Promise.all(last);
  return code;
}

function pauseUnless(signal: AbortSignal, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
