import process from "node:process";
import * as mediasoup from "mediasoup";
import type { WebRtcServer, Worker } from "mediasoup/types";
import { logger } from "../../shared/log/mod.ts";

/** What decides one mediasoup worker process. */
export interface SfuWorkerSettings {
  /** The mediasoup worker program. */
  readonly workerFile: string;
  /** The IP address to bind. */
  readonly listenIp: string;
  /** What ICE candidates say instead of it. */
  readonly announcedAddress: string;
  /** Both UDP and TCP: every transport of this worker shares them. */
  readonly port: number;
}

/** A running worker process, and the ports that its transports share. */
export interface RunningWorker {
  readonly worker: Worker;
  readonly webRtcServer: WebRtcServer;
}

const signals = ["SIGINT", "SIGTERM"] as const;
const log = logger("mediasoup");

mediasoup.setLogEventListeners({
  onwarn: (namespace, text) => log.warn("mediasoup warns", { namespace, text }),
  onerror: (namespace, text, error) => log.warn("mediasoup reports an error", { namespace, text, error }),
});

/**
 * Starts a worker process and opens its ports; throws when the program doesn't run or a port can't be had.
 * `onProcess` is called with the process as soon as there is one, so that it can be closed whatever comes next.
 */
export async function startSfuWorker(
  { workerFile, listenIp, announcedAddress, port }: SfuWorkerSettings,
  onProcess: (worker: Worker) => void,
): Promise<RunningWorker> {
  const starting = withoutSignalListeners(() =>
    mediasoup.createWorker({ workerBin: workerFile, logLevel: "warn" })
  );
  const worker = await starting;
  onProcess(worker);
  const listenInfos = (["udp", "tcp"] as const).map((protocol) => ({
    protocol,
    ip: listenIp,
    port,
    ...(announcedAddress === listenIp ? {} : { announcedAddress }),
  }));
  return { worker, webRtcServer: await worker.createWebRtcServer({ listenInfos }) };
}

/**
 * mediasoup closes its workers as soon as the process gets a signal; ours have to carry media until the drain is
 * over, so the listeners that `start` adds while it runs synchronously are taken off again.
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
