import * as mediasoup from "mediasoup";
import type { Router, WebRtcServer } from "mediasoup/types";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { freePorts } from "../../free_ports.ts";
import { startHandler } from "../../media/fixtures/handler.ts";
import { openMeeting } from "../../media/fixtures/open_meeting.ts";
import { audioParameters, capabilities, videoParameters } from "../../media/fixtures/rtp.ts";
import { workerFile } from "../../media/fixtures/worker_file.ts";
import { median } from "../median.ts";
import type { Row } from "../row.ts";

const senders = 4;
const rounds = 200;

/** One participant's media for a meeting of five: two transports and eight consumers. Closes it again. */
type Attach = (name: string) => Promise<number>;

/** What attaching one participant takes, in milliseconds: by a batch of steps, and by mediasoup's own calls. */
export async function benchAttach(): Promise<readonly Row[]> {
  await using ours = await bySteps();
  await using bare = await byHand();
  const samples = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.ours.push(await ours.attach(`p${round}`));
    samples.bare.push(await bare.attach(`p${round}`));
  }
  // The first ones warm both. Both of a round had the same machine.
  const [value, peer] = [median(samples.ours.slice(20)), median(samples.bare.slice(20))];
  const ratio = median(samples.ours.map((ours, round) => ours / (samples.bare[round] ?? NaN)).slice(20));
  return [
    {
      name: "apply of a participant's transports and 8 consumers",
      value,
      unit: "ms",
      lower_is_better: true,
      peer: `bare mediasoup: ${peer.toFixed(2)} ms`,
      ratio,
    },
  ];
}

async function bySteps(): Promise<{ readonly attach: Attach } & AsyncDisposable> {
  const handler = await startHandler();
  const { apply, done, steps, router_id } = await openMeeting(handler.connect("bench").control);
  const producers: string[] = [];
  for (let sender = 0; sender < senders; sender++) {
    const { send } = await done(steps.transports(`s${sender}`));
    producers.push((await done(steps.audio(`s${sender}`, send.id))).producer_id);
    producers.push((await done(steps.video(`s${sender}`, send.id))).producer_id);
  }
  return {
    async attach(name) {
      const batch = [steps.transports(name), ...producers.map((id) => steps.consume(name, id))];
      const start = performance.now();
      await apply(...batch);
      const took = performance.now() - start;
      await done({ step: "participant.close", router_id, participant_id: name });
      return took;
    },
    [Symbol.asyncDispose]: () => handler[Symbol.asyncDispose](),
  };
}

async function byHand(): Promise<{ readonly attach: Attach } & AsyncDisposable> {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  const port = freePorts(1);
  const listenInfos = (["udp", "tcp"] as const).map((protocol) => ({ protocol, ip: "127.0.0.1", port }));
  const webRtcServer = await worker.createWebRtcServer({ listenInfos });
  const producers: string[] = [];
  for (let sender = 0; sender < senders; sender++) {
    const { send } = await openPair(router, webRtcServer);
    const audio = await send.produce({ kind: "audio", rtpParameters: audioParameters("0") });
    const video = await send.produce({ kind: "video", rtpParameters: videoParameters("1") });
    producers.push(audio.id, video.id);
  }
  return {
    async attach() {
      const start = performance.now();
      const { send, recv } = await openPair(router, webRtcServer);
      await Promise.all(
        producers.map((producerId) =>
          recv.consume({ producerId, rtpCapabilities: capabilities, paused: true })
        ),
      );
      const took = performance.now() - start;
      send.close();
      recv.close();
      return took;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
      worker.close();
      await closed;
    },
  };
}

async function openPair(router: Router, webRtcServer: WebRtcServer) {
  const open = () => router.createWebRtcTransport({ webRtcServer, preferUdp: true });
  const [send, recv] = await Promise.all([open(), open()]);
  return { send, recv };
}
