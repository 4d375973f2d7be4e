import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";
import { transport as transportSchema } from "../../shared/protocol/signaling.ts";
import type { Transport } from "../../shared/protocol/signaling.ts";
import { wireForm } from "./wire_form.ts";
import type { RouterPlace } from "../workers/sfu_worker.ts";

/** A participant's two transports, and what is on them. */
export interface TransportPair {
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
  /** By their own id. */
  readonly producers: Map<string, Producer>;
  /** By their producer's id: nobody receives the same producer twice. */
  readonly consumers: Map<string, Consumer>;
}

/** Bits per second that a subscriber is taken to have before anything was measured. */
const initialAvailableOutgoingBitrate = 1_000_000;

/** Opens both transports at once; throws when either can't be had, and then neither is left. */
export async function openTransportPair({ router, webRtcServer }: RouterPlace): Promise<TransportPair> {
  const open = () =>
    router.createWebRtcTransport({ webRtcServer, preferUdp: true, initialAvailableOutgoingBitrate });
  const [send, recv] = await Promise.allSettled([open(), open()]);
  if (send.status === "fulfilled" && recv.status === "fulfilled") {
    return { send: send.value, recv: recv.value, producers: new Map(), consumers: new Map() };
  }
  for (const one of [send, recv]) if (one.status === "fulfilled") one.value.close();
  throw send.status === "rejected" ? send.reason : recv.status === "rejected" ? recv.reason : undefined;
}

/** Closes both transports, and with them all producers and consumers on them. */
export function closeTransportPair({ send, recv }: TransportPair): void {
  send.close();
  recv.close();
}

/** A transport as the client takes it. */
export function describeTransport(
  { id, iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport,
): Transport {
  return wireForm(transportSchema, { id, iceParameters, iceCandidates, dtlsParameters });
}
