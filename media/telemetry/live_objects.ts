import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";

/** The live mediasoup objects of one router. */
export interface LiveObjects {
  readonly meetingId: string;
  readonly routerId: string;
  readonly transports: readonly WebRtcTransport[];
  readonly producers: readonly Producer[];
  /** Those that come through pipes. */
  readonly piped: readonly Producer[];
  readonly consumers: readonly Consumer[];
  readonly participants: readonly LiveParticipant[];
}

export interface LiveParticipant {
  readonly participantId: string;
  /** What they send over all of their transports: those that were replaced are forwarded until they end. */
  readonly sending: LiveSending;
  /** Their newest transports, with the producers and consumers on these. */
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
  readonly producers: readonly Producer[];
  readonly received: readonly LiveConsumer[];
}

export interface LiveSending {
  readonly sharesScreen: boolean;
  readonly transports: readonly WebRtcTransport[];
  readonly producers: readonly Producer[];
}

/** A consumer, and the number of spatial layers that its receiver is to get: 0 while it is paused. */
export interface LiveConsumer {
  readonly consumer: Consumer;
  readonly wantedLayers: number;
}
