import { type ActorRef, createScope } from "../../shared/actor/mod.ts";
import { type Life, StartError } from "../../shared/service/mod.ts";
import { SfuWorkerActor } from "./sfu_worker.ts";
import { announcedAddress, listenAddress } from "./announced_address.ts";
import type { MediaSettings } from "../settings.ts";
import { workerRuns } from "../worker/worker_runs.ts";
import type { WorkerEvents } from "./worker_messages.ts";

type Settings = Pick<MediaSettings, "workerFile" | "host" | "publicHost" | "rtcPort" | "sfuWorkers">;

/** Time limit for the start of all workers. */
const startTimeoutMs = 15_000;

/**
 * Starts every SFU worker, and waits until all run. A worker that dies later is restarted, at most five times within
 * ten seconds. After that `fail` is called. Disposing the result ends the workers and their processes.
 *
 * @throws {StartError} if the worker program doesn't run here, or a media port can't be had
 */
export async function startSfuWorkers(
  settings: Settings,
  table: ActorRef<typeof WorkerEvents>,
  { stopping, fail }: Pick<Life, "stopping" | "fail">,
): Promise<AsyncDisposable> {
  const { workerFile, host, publicHost, rtcPort, sfuWorkers } = settings;
  if (!await workerRuns(workerFile)) {
    throw new StartError(
      `MEDIASOUP_WORKER_BIN is "${workerFile}", which is not a mediasoup worker that runs here: ` +
        "`deno task up` gets one",
    );
  }
  const failed = Promise.withResolvers<never>();
  let started = false;
  const scope = createScope({
    deadlineMs: 3_000,
    onFailure: (error) => started ? fail(error) : failed.reject(error),
  });
  try {
    const workers = Array.from({ length: sfuWorkers }, (_, index) =>
      scope.spawn(SfuWorkerActor, {
        index,
        workerFile,
        listenIp: listenAddress(host),
        announcedAddress: announcedAddress(publicHost),
        port: rtcPort + index,
        table,
        stopping,
      }, { name: `sfu-worker-${index}`, capacity: 1_000 }));
    const asked = workers.map((worker) => worker.ask("describe", undefined, { timeoutMs: startTimeoutMs }));
    const outcomes = await Promise.race([Promise.all(asked), failed.promise]);
    const missing = outcomes.find((outcome) => !outcome.ok);
    if (missing !== undefined && !missing.ok) throw new Error(missing.error.message);
    started = true;
    return scope;
  } catch (error) {
    await scope.close(0);
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `can't start the SFU workers on ports ${rtcPort} to ${rtcPort + sfuWorkers - 1}: ${reason}`,
    );
  }
}
