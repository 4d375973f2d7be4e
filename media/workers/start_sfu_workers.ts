import { type ActorRef, createScope, isolateRuntime, type Runtime } from "../../shared/actor/mod.ts";
import { type Life, StartError } from "../../shared/service/mod.ts";
import { SfuWorkerActor } from "./sfu_worker.ts";
import { mediaAddresses } from "./media_addresses.ts";
import type { MediaSettings } from "../settings.ts";
import { workerRuns } from "../worker/worker_runs.ts";
import type { WorkerEvents } from "./worker_messages.ts";

type Settings = Pick<
  MediaSettings,
  "workerFile" | "host" | "publicHost" | "rtcPort" | "sfuWorkers" | "workerSilenceMs"
>;

/** Time limit for the start of all workers. */
const startTimeoutMs = 15_000;
/** The handler refuses to start after so many failures. The processes of a predecessor may need a moment to end. */
const maxStartFailures = 5;
/** A worker is restarted for ever, at a growing distance: the others carry their meetings meanwhile. */
const policy = { maxRestarts: Infinity, windowMs: 60_000, backoffMs: 50, maxBackoffMs: 5_000 };

/**
 * Starts every SFU worker, and waits until all run. A worker that dies later is restarted. Disposing the result ends the
 * workers and their processes.
 *
 * @throws {StartError} if the worker program doesn't run here, or a media port can't be had
 */
export async function startSfuWorkers(
  settings: Settings,
  table: ActorRef<typeof WorkerEvents>,
  { stopping, fail }: Pick<Life, "stopping" | "fail">,
  runtime: Runtime = isolateRuntime,
): Promise<AsyncDisposable> {
  const { workerFile, host, publicHost, rtcPort, sfuWorkers, workerSilenceMs } = settings;
  if (!await workerRuns(workerFile)) {
    throw new StartError(
      `MEDIASOUP_WORKER_BIN is "${workerFile}", which is not a mediasoup worker that runs here: ` +
        "`deno task up` gets one",
    );
  }
  const addresses = mediaAddresses({ host, publicHost }, Deno.networkInterfaces());
  let failures = 0;
  let lastCause: unknown;
  const failed = Promise.withResolvers<never>();
  const onStartFailed = (cause: unknown) => {
    lastCause = cause;
    if (++failures >= maxStartFailures) failed.reject(cause);
  };
  const scope = createScope({ runtime, deadlineMs: 3_000, onFailure: fail });
  try {
    const workers = Array.from({ length: sfuWorkers }, (_, index) =>
      scope.spawn(SfuWorkerActor, {
        index,
        workerFile,
        addresses,
        port: rtcPort + index,
        table,
        stopping,
        silenceMs: workerSilenceMs,
        onStartFailed,
      }, { name: `sfu-worker-${index}`, capacity: 1_000, policy }));
    const asked = workers.map((worker) => worker.ask("describe", undefined, { timeoutMs: startTimeoutMs }));
    const outcomes = await Promise.race([Promise.all(asked), failed.promise]);
    const missing = outcomes.find((outcome) => !outcome.ok);
    // On a slow machine the time may be up before the last try: the cause of the others is the reason.
    if (missing !== undefined && !missing.ok) throw lastCause ?? new Error(missing.error.message);
    return scope;
  } catch (error) {
    await scope.close(0);
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `can't start the SFU workers on ports ${rtcPort} to ${rtcPort + sfuWorkers - 1}: ${reason}`,
    );
  }
}
