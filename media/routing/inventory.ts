import type { Consumer, Producer, WebRtcTransport } from "mediasoup/types";

/** The live mediasoup objects of one meeting. */
export interface Inventory {
  readonly transports: readonly WebRtcTransport[];
  readonly producers: readonly Producer[];
  readonly consumers: readonly Consumer[];
}
