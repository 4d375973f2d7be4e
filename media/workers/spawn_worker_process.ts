import childProcess from "node:child_process";
import process from "node:process";
import * as mediasoup from "mediasoup";
import type { Worker } from "mediasoup/types";

/** A mediasoup worker and its process. */
export interface WorkerProcess {
  readonly worker: Worker;
  /** Ends the process at once, also one that hangs. mediasoup then reports that the worker died. */
  kill(): void;
}

const signals = ["SIGINT", "SIGTERM"] as const;

/** Starts a mediasoup worker process. Throws when the program doesn't run. */
export async function spawnWorkerProcess(workerFile: string): Promise<WorkerProcess> {
  const { result, child } = withSpawnedChild(() =>
    withoutSignalListeners(() => mediasoup.createWorker({ workerBin: workerFile, logLevel: "warn" }))
  );
  return { worker: await result, kill: () => void child.kill("SIGKILL") };
}

/**
 * Runs `start`, and answers the child process that it spawns synchronously. mediasoup keeps its process to itself, and
 * its `close` only asks the process to end. To kill a process by its number, Deno wants the permission to run anything.
 */
function withSpawnedChild<T>(
  start: () => T,
): { readonly result: T; readonly child: childProcess.ChildProcess } {
  const { spawn } = childProcess;
  let child: unknown;
  Object.assign(childProcess, {
    spawn: (...args: unknown[]) => child = Reflect.apply(spawn, childProcess, args),
  });
  try {
    const result = start();
    if (child instanceof childProcess.ChildProcess) return { result, child };
    throw new Error("mediasoup has spawned no process");
  } finally {
    Object.assign(childProcess, { spawn });
  }
}

/**
 * Runs `start`, and removes the signal listeners that it adds synchronously. mediasoup's listeners close its workers at
 * the first signal, but the workers have to carry media until the drain is over.
 */
function withoutSignalListeners<T>(start: () => T): T {
  const before = signals.map((signal) => new Set(process.listeners(signal)));
  const result = start();
  signals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.has(listener)) process.removeListener(signal, listener);
    }
  });
  return result;
}
