import * as mediasoup from "mediasoup";
import type { Router, WebRtcTransport } from "mediasoup/types";
import { mediaCodecs } from "../../media/routing/codecs.ts";
import { freePorts } from "../free_ports.ts";
import { workerFile } from "../media/fixtures/worker_file.ts";

/** One router of mediasoup on loopback, and nothing else. */
export interface BareRouter extends AsyncDisposable {
  readonly router: Router;
  /** Where clients send to. */
  readonly port: number;
  openTransport(): Promise<WebRtcTransport>;
}

export async function openBareRouter(): Promise<BareRouter> {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  const port = freePorts(1);
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: "udp", ip: "127.0.0.1", port }],
  });
  return {
    router,
    port,
    openTransport: () =>
      router.createWebRtcTransport({ webRtcServer, initialAvailableOutgoingBitrate: 1_000_000 }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
      worker.close();
      await closed;
    },
  };
}

/** What a client needs to make its side of a transport. */
export function describeTransport(
  { id, iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport,
) {
  return { id, iceParameters, iceCandidates, dtlsParameters };
}
