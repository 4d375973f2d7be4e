import { Device, type types } from "mediasoup-client";
import { producerOptions } from "../../../shared/client/media/encodings.ts";
import { tone } from "./made_tracks.ts";

/** What the page asks the test to do at the SFU. */
type AskSfu = (name: string, ...args: unknown[]) => Promise<unknown>;

/** What arrived at one moment. */
export interface Arrived {
  readonly atMs: number;
  /** Frames of the picture that were decoded so far, and the width of the last one. */
  readonly frames: number;
  readonly width: number;
  /** Bytes of the picture so far. */
  readonly bytes: number;
  /** Packets of sound so far. */
  readonly packets: number;
}

declare global {
  var askSfu: AskSfu;
  var thinPath: {
    connect(relayPort: number): Promise<void>;
    watch(ms: number): Promise<Arrived[]>;
    restartIce(): Promise<void>;
  };
}

const width = 960;
const height = 540;

/** A picture of noise in a sixth of its area: a still one is encoded to almost nothing. */
function movingPicture(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("There is no canvas");
  // Made beforehand: the encoders need what the machine has.
  const noises = Array.from({ length: 8 }, () => {
    const noise = context.createImageData(width, height / 6);
    for (let index = 0; index < noise.data.length; index++) noise.data[index] = Math.random() * 256;
    return noise;
  });
  context.fillStyle = "teal";
  context.fillRect(0, 0, width, height);
  let frame = 0;
  setInterval(() => {
    const noise = noises[frame++ % noises.length];
    if (noise) context.putImageData(noise, 0, height / 3);
  }, 100);
  const [track] = canvas.captureStream(10).getVideoTracks();
  if (!track) throw new Error("The canvas gives no picture");
  return track;
}

/** The candidates by UDP alone, at the relay's port. */
function throughRelay(parameters: types.TransportOptions, port: number): types.TransportOptions {
  const iceCandidates = parameters.iceCandidates.filter(({ protocol }) => protocol === "udp")
    .map((candidate) => ({ ...candidate, port }));
  return { ...parameters, iceCandidates };
}

const receivers: types.Consumer[] = [];
let restart: (() => Promise<void>) | undefined;

globalThis.thinPath = {
  async connect(relayPort) {
    const device = await Device.factory();
    // The test's answers are those of mediasoup.
    const ask = async <T>(name: string, ...args: unknown[]) => await askSfu(name, ...args) as T;
    await device.load({ routerRtpCapabilities: await ask<types.RtpCapabilities>("capabilities") });
    const opened = await ask<{ send: types.TransportOptions; recv: types.TransportOptions }>(
      "open",
      device.recvRtpCapabilities,
    );
    const send = device.createSendTransport(opened.send);
    const recv = device.createRecvTransport(throughRelay(opened.recv, relayPort));
    restart = async () => {
      await recv.restartIce({ iceParameters: await ask<types.IceParameters>("restartIce") });
    };
    for (const [direction, transport] of [["send", send], ["recv", recv]] as const) {
      transport.on("connect", ({ dtlsParameters }, callback) => {
        ask("connect", direction, dtlsParameters).then(callback);
      });
    }
    send.on("produce", ({ kind, rtpParameters }, callback) => {
      ask<string>("produce", kind, rtpParameters).then((id) => callback({ id }));
    });
    const sound = await send.produce({ track: tone(440), ...producerOptions("microphone", 0) });
    const picture = await send.produce({ track: movingPicture(), ...producerOptions("camera", width) });
    for (const { id: producerId } of [sound, picture]) {
      const described = await ask<types.ConsumerOptions>("consume", producerId);
      const consumer = await recv.consume({ ...described, producerId });
      receivers.push(consumer);
      const element = document.createElement(consumer.kind);
      element.srcObject = new MediaStream([consumer.track]);
      document.body.append(element);
      await Promise.all([element.play(), ask("resume", producerId)]);
    }
  },
  async restartIce() {
    await restart?.();
  },
  async watch(ms) {
    const seen: Arrived[] = [];
    const endMs = performance.now() + ms;
    while (performance.now() < endMs) {
      const moment = { atMs: performance.now(), frames: 0, width: 0, bytes: 0, packets: 0 };
      for (const receiver of receivers) {
        for (const report of (await receiver.getStats()).values()) {
          if (report.type !== "inbound-rtp") continue;
          if (report.kind === "audio") moment.packets = report.packetsReceived;
          else {
            const { framesDecoded: frames = 0, frameWidth: width = 0, bytesReceived: bytes = 0 } = report;
            Object.assign(moment, { frames, width, bytes });
          }
        }
      }
      seen.push(moment);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return seen;
  },
};
