import * as mediasoup from "mediasoup";
import type { WebRtcServer } from "mediasoup/types";
import { logger } from "../../shared/log/mod.ts";
import type { MediaAddress } from "./media_addresses.ts";
import { spawnWorkerProcess, type WorkerProcess } from "./spawn_worker_process.ts";

/** The settings of one mediasoup worker process. */
export interface SfuWorkerSettings {
  /** The mediasoup worker program. */
  readonly workerFile: string;
  /** The addresses to bind. Each gives a transport its candidates, the first ones with the highest priority. */
  readonly addresses: readonly MediaAddress[];
  /** The UDP and TCP port that all transports of this worker share. */
  readonly port: number;
}

/** A running worker process, and the ports that its transports share. */
export interface RunningWorker extends WorkerProcess {
  readonly webRtcServer: WebRtcServer;
}

const log = logger("mediasoup");

/**
 * mediasoup's lines about a request that failed. Whoever made it is told, and says so where it means something. Where
 * people come and go, it is mostly a question about a consumer that has just ended.
 */
const answered = /^request failed |\| throwing MediaSoup\w*Error: /;

const tell = (message: string, namespace: string, text: string, error?: Error) => {
  if (answered.test(text)) log.debug("mediasoup refused a request", { namespace, text });
  else log.warn(message, { namespace, text, error });
};
mediasoup.setLogEventListeners({
  onwarn: (namespace, text) => tell("mediasoup warns", namespace, text),
  onerror: (namespace, text, error) => tell("mediasoup reports an error", namespace, text, error),
});

/**
 * Starts a worker process and opens its ports. `onProcess` gets the process as soon as there is one, so that it can be
 * closed after a later failure. Throws when the program doesn't run, or a port is taken.
 */
export async function startSfuWorker(
  { workerFile, addresses, port }: SfuWorkerSettings,
  onProcess: (process: WorkerProcess) => void,
): Promise<RunningWorker> {
  const process = await spawnWorkerProcess(workerFile);
  onProcess(process);
  const listenInfos = (["udp", "tcp"] as const).flatMap((protocol) =>
    addresses.map((address) => ({ protocol, ...address, port }))
  );
  return { ...process, webRtcServer: await process.worker.createWebRtcServer({ listenInfos }) };
}
