import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";

/** The live mediasoup objects of one router. */
export interface LiveObjects {
  readonly transports: readonly WebRtcTransport[];
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
}
