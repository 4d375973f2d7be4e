import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";

/** The live mediasoup objects of one router. */
export interface LiveObjects {
  readonly meetingId: string;
  readonly routerId: string;
  readonly transports: readonly WebRtcTransport[];
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
  /** The newest transports of each participant. */
  readonly participants: readonly LiveParticipant[];
}

export interface LiveParticipant {
  readonly participantId: string;
  readonly sharesScreen: boolean;
  readonly send: WebRtcTransport;
  readonly recv: WebRtcTransport;
  readonly producers: readonly Producer[];
  readonly received: readonly LiveConsumer[];
}

/** A consumer, and the number of spatial layers that its receiver is to get: 0 while it is paused. */
export interface LiveConsumer {
  readonly consumer: Consumer;
  readonly wantedLayers: number;
}
