import process from "node:process";
import * as mediasoup from "mediasoup";
import type { WebRtcServer, Worker } from "mediasoup/types";
import { logger } from "../../shared/log/mod.ts";

/** The settings of one mediasoup worker process. */
export interface SfuWorkerSettings {
  /** The mediasoup worker program. */
  readonly workerFile: string;
  /** The IP address to bind. */
  readonly listenIp: string;
  /** The address in ICE candidates, instead of `listenIp`. */
  readonly announcedAddress: string;
  /** The UDP and TCP port that all transports of this worker share. */
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
 * Starts a worker process and opens its ports. `onProcess` gets the process as soon as there is one, so that it can be
 * closed after a later failure. Throws when the program doesn't run, or a port is taken.
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
