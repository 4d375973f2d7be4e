import { Device, type types } from "mediasoup-client";
import { producerOptions } from "../../../shared/client/media/encodings.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";

/** What a page needs to receive a producer. */
export type BareConsumer = Required<
  Pick<types.ConsumerOptions, "id" | "producerId" | "kind" | "rtpParameters">
>;

/** What a page asks an SFU for, and what it is answered. */
export interface BareRequests {
  join: {
    ask: { rtpCapabilities: types.RtpCapabilities };
    answer: {
      send: types.TransportOptions;
      recv: types.TransportOptions;
      consumers: BareConsumer[];
    };
  };
  connect: { ask: { direction: Direction; dtlsParameters: types.DtlsParameters }; answer: object };
  produce: { ask: { kind: types.MediaKind; rtpParameters: types.RtpParameters }; answer: { id: string } };
  resume: { ask: { consumerIds: string[] }; answer: object };
}

export type Direction = "send" | "recv";

/** An answer to a request, consumers of what somebody sends from now on, or the id of one that has ended. */
export type BareFrame =
  | { readonly re: number; readonly answer: object }
  | { readonly closed: string }
  | { readonly consumers: BareConsumer[] };

const consumers = new Map<string, types.Consumer>();

type Ask = <T extends keyof BareRequests>(
  type: T,
  data: BareRequests[T]["ask"],
) => Promise<BareRequests[T]["answer"]>;

/**
 * A page that does what a call needs, and nothing else: it takes part in the call of `bare_server.ts`. As in a lobby, the
 * device is loaded and the camera is open before the click.
 */
async function prepare(): Promise<void> {
  const device = await Device.factory();
  const capabilities = await fetch("/capabilities");
  await device.load({ routerRtpCapabilities: await capabilities.json() });
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const button = document.createElement("button");
  button.textContent = "Join";
  button.addEventListener("click", () => {
    performance.mark("dt:join-click");
    button.remove();
    void join(device, stream);
  });
  document.body.append(button);
}

async function join(device: Device, stream: MediaStream): Promise<void> {
  const socket = new WebSocket(`ws://${location.host}/socket`);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const { promise: receiving, resolve: canReceive } = Promise.withResolvers<types.Transport>();
  const answers = new Map<number, (answer: object) => void>();
  socket.addEventListener("message", ({ data }) => {
    const frame: BareFrame = JSON.parse(String(data));
    if ("consumers" in frame) return void receiving.then((to) => receive(to, frame.consumers, ask));
    if ("closed" in frame) return consumers.get(frame.closed)?.close();
    answers.get(frame.re)?.(frame.answer);
    answers.delete(frame.re);
  });
  let asked = 0;
  const ask: Ask = (type, data) =>
    new Promise((resolve) => {
      const id = ++asked;
      // The server answers each request with its own kind of answer.
      answers.set(id, (answer) => resolve(answer as never));
      socket.send(JSON.stringify({ id, type, data }));
    });

  const { send, recv, consumers: given } = await ask("join", { rtpCapabilities: device.recvRtpCapabilities });
  const sending = device.createSendTransport(send);
  const receiver = device.createRecvTransport(recv);
  for (const transport of [sending, receiver]) {
    transport.on("connect", ({ dtlsParameters }, callback) => {
      ask("connect", { direction: transport.direction, dtlsParameters }).then(callback);
    });
  }
  sending.on("produce", ({ kind, rtpParameters }, callback) => {
    ask("produce", { kind, rtpParameters }).then(callback);
  });
  await receive(receiver, given, ask);
  canReceive(receiver);
  const [[sound], [picture]] = [stream.getAudioTracks(), stream.getVideoTracks()];
  await Promise.all([publish(sending, "microphone", sound), publish(sending, "camera", picture)]);
}

async function publish(sending: types.Transport, source: MediaSource, track?: MediaStreamTrack) {
  if (track === undefined) return;
  const { width = 0, height = 0 } = track.getSettings();
  await sending.produce({ track, stopTracks: false, ...producerOptions(source, Math.max(width, height)) });
}

async function receive(receiving: types.Transport, given: readonly BareConsumer[], ask: Ask) {
  const received = await Promise.all(given.map((options) => receiving.consume(options)));
  for (const consumer of received) {
    const { id, kind, track } = consumer;
    consumers.set(id, consumer);
    const element = document.createElement(kind);
    element.muted = kind === "video";
    if (element instanceof HTMLVideoElement) element.requestVideoFrameCallback(markFirstFrame);
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    void element.play();
  }
  await ask("resume", { consumerIds: received.map(({ id }) => id) });
}

function markFirstFrame(): void {
  if (performance.getEntriesByName("dt:first-remote-frame").length > 0) return;
  performance.mark("dt:first-remote-frame");
}

void prepare();
