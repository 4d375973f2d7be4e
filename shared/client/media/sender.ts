import { rtpParameters as wireParameters } from "../../protocol/rtp.ts";
import type { MediaSource } from "../../protocol/signaling.ts";
import type { Failure } from "../../actor/result.ts";
import { randomId } from "../random_id.ts";
import { producerOptions } from "./encodings.ts";
import { type AskChosen, isUnanswered } from "./lasting_ask.ts";
import { limitLayers } from "./limit_layers.ts";
import type { ClientProducer, ClientTransport, MediaTransportsOptions } from "./media_transports.ts";

export interface Sender {
  send(source: MediaSource, track: MediaStreamTrack, paused: boolean): void;
  setPaused(source: MediaSource, paused: boolean): void;
  replaceTrack(source: MediaSource, track: MediaStreamTrack): void;
  stop(source: MediaSource): void;
  setHushed(hushed: boolean): void;
  /** The server has the media again: it is told what it could not take of pauses meanwhile. */
  tellAgain(): void;
  /** Resolves once packets of each source have left, but for those that are paused; and soon after `signal` is aborted. */
  hasSent(signal: AbortSignal): Promise<void>;
  /** Encodes a picture's layers up to this one, for the server's id of its producer; null for none of them. */
  demand(producerId: string, maxLayer: number | null): void;
}

const LOOK_MS = 100;

interface Sending {
  /** The server's id, as soon as it is known; undefined when it refused. */
  producerId: Promise<string | undefined>;
  learnProducerId(id: string | undefined): void;
  producer?: ClientProducer;
  paused: boolean;
  /** The server is being told whether the source is paused. */
  isTelling: boolean;
  /** The server has not taken what it was told last. */
  isUntold: boolean;
  track: MediaStreamTrack;
  /** The changes of its layers, one after another. */
  limiting: Promise<void>;
}

interface SenderOptions extends Pick<MediaTransportsOptions, "ask" | "clock" | "onBroken" | "onSendFailure"> {
  readonly askChosen: AskChosen;
}

/** The sending half of the transports. */
export function createSender(transport: ClientTransport, options: SenderOptions): Sender {
  const sendings = new Map<MediaSource, Sending>();
  let hushed = false;
  /** By the server's id, which the client may learn only after the first demand. */
  const demands = new Map<string, number | null>();
  /**
   * What is being described, by the key in its `appData`, and when all of it is. A source may be sent anew before its
   * sending of before is described.
   */
  const describing = new Map<string, { source: MediaSource; sending: Sending }>();
  let allDescribed = Promise.withResolvers<void>();

  function isCurrent(source: MediaSource, sending: Sending): boolean {
    return sendings.get(source) === sending && !transport.closed;
  }

  function giveUp(source: MediaSource, sending: Sending, failure: Failure): void {
    if (!isCurrent(source, sending)) return;
    sendings.delete(source);
    sending.producer?.close();
    options.onSendFailure(source, failure);
  }

  // mediasoup-client holds its queue until it has a producer's id. It gets one of ours at once, so that
  // camera, microphone and the transport's handshake don't wait for one another; the server's follows.
  transport.on("produce", async ({ kind, rtpParameters, appData }, callback) => {
    const found = describing.get(String(appData["key"]));
    callback({ id: randomId() });
    if (!found) return;
    const { source, sending } = found;
    const described = {
      transport_id: transport.id,
      kind,
      rtp_parameters: wireParameters.parse(rtpParameters),
      source,
    };
    // What is sent in one go is asked for in one go, so that each of the others sets it up in one go.
    await allDescribed.promise;
    // The server knows nothing of one that was stopped meanwhile.
    if (!isCurrent(source, sending)) return sending.learnProducerId(undefined);
    const answer = await options.askChosen(
      () => ({ type: "media.produce", data: { ...described, ...(sending.paused ? { paused: true } : {}) } }),
      // Of one that was stopped meanwhile, and may be there, the id is asked for, to close it: unless it was sent anew, and the
      // newer one takes its place there.
      (failure) => isCurrent(source, sending) || !sendings.has(source) && isUnanswered(failure),
    );
    sending.learnProducerId(answer.ok ? answer.value.producer_id : undefined);
    if (answer.ok || !isCurrent(source, sending)) return;
    // Without its transport nothing is wrong with the source: it goes over the next ones.
    if (answer.error.code === "NOT_FOUND") options.onBroken();
    else giveUp(source, sending, answer.error);
  });

  /** Has the sender send its track, or nothing while hushed: the track itself is shown to its owner, and stays as it is. */
  async function applyTrack(source: MediaSource, { producer, track }: Sending): Promise<void> {
    try {
      if (hushed) await producer?.rtpSender?.replaceTrack(null);
      else if (producer?.track !== track) await producer?.replaceTrack({ track });
      else await producer.rtpSender?.replaceTrack(track);
    } catch {
      const sending = sendings.get(source);
      const failure = { code: "SEND_FAILED", message: "The chosen device could not be used." };
      if (sending?.track === track) giveUp(source, sending, failure);
    }
  }

  async function packetsOf({ producer }: Sending): Promise<number> {
    let packets = 0;
    for (const report of (await producer?.getStats() ?? new Map()).values()) {
      if (report.type === "outbound-rtp") packets += report.packetsSent;
    }
    return packets;
  }

  async function hasSent(signal: AbortSignal): Promise<void> {
    while (!transport.closed && !signal.aborted) {
      const sending = [...sendings.values()].filter(({ paused }) => !paused);
      const packets = await Promise.all(sending.map(packetsOf));
      if (packets.every((count) => count > 0)) return;
      await new Promise<void>((resolve) => options.clock.set(resolve, LOOK_MS));
    }
  }

  /** One request at a time, which says what holds when it is asked: of two a repeated one could overtake the other. */
  async function tellPaused(source: MediaSource, sending: Sending): Promise<void> {
    if (sending.isTelling) return;
    sending.isTelling = true;
    const producer_id = await sending.producerId;
    let told: boolean | undefined;
    while (producer_id !== undefined && told !== sending.paused && isCurrent(source, sending)) {
      const { ok } = await options.askChosen(() => {
        told = sending.paused;
        return { type: told ? "media.pause" : "media.resume", data: { producer_id } };
      });
      sending.isUntold = !ok;
    }
    sending.isTelling = false;
  }

  function followDemand(source: MediaSource, sending: Sending): void {
    sending.limiting = sending.limiting.then(async () => {
      const producerId = await sending.producerId;
      const rtpSender = sending.producer?.rtpSender;
      const maxLayer = producerId === undefined ? undefined : demands.get(producerId);
      if (rtpSender === undefined || maxLayer === undefined || !isCurrent(source, sending)) return;
      // A sender that was stopped meanwhile has nothing to limit.
      await limitLayers(rtpSender, maxLayer).catch(() => {});
    });
  }

  async function describe(source: MediaSource, sending: Sending): Promise<ClientProducer> {
    const { track } = sending;
    const key = randomId();
    if (describing.size === 0) allDescribed = Promise.withResolvers();
    describing.set(key, { source, sending });
    try {
      return await transport.produce({
        track,
        stopTracks: false,
        appData: { key },
        ...producerOptions(source, longSideOf(track)),
      });
    } finally {
      describing.delete(key);
      if (describing.size === 0) allDescribed.resolve();
    }
  }

  async function produce(source: MediaSource, sending: Sending): Promise<void> {
    try {
      const producer = await describe(source, sending);
      if (!isCurrent(source, sending)) return producer.close();
      sending.producer = producer;
      // It was switched while it was being made.
      if (sending.paused) producer.pause();
      else producer.resume();
      followDemand(source, sending);
      if (hushed || producer.track !== sending.track) await applyTrack(source, sending);
    } catch {
      sending.learnProducerId(undefined);
      giveUp(source, sending, {
        code: "SEND_FAILED",
        message: "Your browser could not send this. Try again, or choose another device.",
      });
    }
  }

  return {
    send(source, track, paused) {
      // It was switched on while the transports were being set up.
      if (sendings.has(source)) return;
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const sending: Sending = {
        producerId: promise,
        learnProducerId: resolve,
        paused,
        isTelling: false,
        isUntold: false,
        track,
        limiting: Promise.resolve(),
      };
      // A producer is born paused when its track is disabled; earlier transports may have left it so, too.
      track.enabled = !paused;
      hintAt(source, track);
      sendings.set(source, sending);
      produce(source, sending);
    },
    setPaused(source, paused) {
      const sending = sendings.get(source);
      if (!sending || sending.paused === paused) return;
      sending.paused = paused;
      // At once, also while the producer is still being made.
      sending.track.enabled = !paused;
      if (paused) sending.producer?.pause();
      else sending.producer?.resume();
      tellPaused(source, sending);
    },
    replaceTrack(source, track) {
      const sending = sendings.get(source);
      if (!sending) return;
      sending.track = track;
      // At once: it is sent before mediasoup-client looks whether the producer is paused.
      track.enabled = !sending.paused;
      hintAt(source, track);
      applyTrack(source, sending);
    },
    hasSent,
    setHushed(wanted) {
      if (hushed === wanted) return;
      hushed = wanted;
      for (const [source, sending] of sendings) applyTrack(source, sending);
    },
    tellAgain() {
      for (const [source, sending] of sendings) if (sending.isUntold) tellPaused(source, sending);
    },
    async stop(source) {
      const sending = sendings.get(source);
      if (!sending) return;
      sendings.delete(source);
      sending.producer?.close();
      const producer_id = await sending.producerId;
      if (producer_id === undefined) return;
      demands.delete(producer_id);
      if (!transport.closed) options.ask("media.close", { producer_id });
    },
    demand(producerId, maxLayer) {
      demands.set(producerId, maxLayer);
      for (const [source, sending] of sendings) followDemand(source, sending);
    },
  };
}

/** A screen is read: where bandwidth is short it loses frames before sharpness. */
function hintAt(source: MediaSource, track: MediaStreamTrack): void {
  if (source === "screen") track.contentHint = "detail";
}

/** A phone held upright sends as many layers as one on its side. */
function longSideOf(track: MediaStreamTrack): number {
  const { width = 0, height = 0 } = track.getSettings();
  return Math.max(width, height);
}
